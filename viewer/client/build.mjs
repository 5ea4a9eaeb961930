// Bundles the client into viewer/static: every name carries a digest of its content, assets.json maps the plain
// names to them, and a .br lies beside each file that brotli makes smaller. Run by `npm run build`.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import * as esbuild from 'esbuild';
import { withoutEval } from './build-basis.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(here, '..', 'static');
const part = `${out}.part`;
const sources = ['src/relic.ts', 'src/site/site.ts', 'src/site/site.css', 'src/site/fonts-rest.css'];
const fonts = ['.woff2', '.woff', '.png', '.webp', '.jpg', '.svg', '.wasm'];
const packed = new Set(['.js', '.css', '.wasm', '.svg', '.json']);

/** `import url from 'asset:package/file.js'` gives the file's hashed name instead of running it. */
const assets = {
  name: 'asset',
  setup(build) {
    build.onResolve({ filter: /^asset:/ }, async ({ path: name, resolveDir }) => {
      const found = await build.resolve(name.slice(6), { resolveDir, kind: 'import-statement' });
      return found.errors.length ? found : { path: found.path, namespace: 'asset' };
    });
    build.onLoad({ filter: /./, namespace: 'asset' }, async ({ path: file }) => {
      const contents = await readFile(file);
      const isBasis = path.basename(file) === 'basis_transcoder.js';
      return { contents: isBasis ? withoutEval(contents.toString()) : contents, loader: 'file' };
    });
  },
};

/**
 * The plain name of an output, or undefined for a file that only other files of the build know.
 * `stage.js` and `three.js` are what `relic.js` imports when a model comes near: a page may preload them.
 */
function plainName(output) {
  if (Object.keys(output.inputs).some((name) => name.includes('three/build/three.core'))) return 'three.js';
  const entry = output.entryPoint;
  if (!entry || entry.startsWith('asset:') || entry.includes('node_modules')) return undefined;
  return path.basename(entry).replace(/\.ts$/, '.js');
}

/** Copies src/site/public into the build, hashed, under its own relative names. */
async function publicFiles(names) {
  const folder = path.join(here, 'src', 'site', 'public');
  if (!existsSync(folder)) return;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((e) => e.isFile())) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const content = await readFile(file);
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 8);
    const { name, ext } = path.parse(entry.name);
    await writeFile(path.join(part, `${name}-${digest}${ext}`), content);
    names[path.relative(folder, file).split(path.sep).join('/')] = `${name}-${digest}${ext}`;
  }
}

async function compress() {
  const brotli = promisify(brotliCompress);
  const names = (await readdir(part)).filter((name) => packed.has(path.extname(name)));
  await Promise.all(
    names.map(async (name) => {
      const content = await readFile(path.join(part, name));
      // Names carry the content's digest: what was packed last time under the same name is still right.
      if (name !== 'assets.json' && existsSync(path.join(out, `${name}.br`))) {
        return copyFile(path.join(out, `${name}.br`), path.join(part, `${name}.br`));
      }
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      };
      const small = await brotli(content, { params });
      if (small.length < content.length) await writeFile(path.join(part, `${name}.br`), small);
    }),
  );
}

await rm(part, { recursive: true, force: true });
await mkdir(part, { recursive: true });
const entryPoints = sources.filter((name) => existsSync(path.join(here, name)));
for (const name of sources) if (!entryPoints.includes(name)) console.log(`not there, left out: ${name}`);
const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints,
  outdir: part,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022'],
  minify: true,
  legalComments: 'none',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: Object.fromEntries(fonts.map((ext) => [ext, 'file'])),
  plugins: [assets],
  metafile: true,
  logLevel: 'warning',
});
const names = {};
for (const [file, output] of Object.entries(result.metafile.outputs)) {
  const plain = plainName(output);
  if (plain) names[plain] = path.basename(file);
}
await publicFiles(names);
const sorted = Object.fromEntries(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(path.join(part, 'assets.json'), `${JSON.stringify(sorted, null, 2)}\n`);
await compress();
await rm(out, { recursive: true, force: true });
await rename(part, out);
console.log(Object.values(sorted).join('\n'));
