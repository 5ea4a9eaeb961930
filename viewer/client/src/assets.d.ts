declare module 'asset:*' {
  /** The file's built name, relative to the script. */
  const url: string;
  export default url;
}
