// KTX2 as pixels, by Basis Universal's transcoder in WebAssembly. The package shows only its encoder: hence the path.

let basis;

// {}, [data] -> { width, height, alpha }, [rgba]
export async function ktx2Decode({ maxPixels }, [data]) {
  if (!basis) {
    const { default: load } = await import('./node_modules/ktx2-encoder/dist/basis/basis_encoder.js');
    basis = await load();
    basis.initializeBasis();
  }
  const file = new basis.KTX2File(data);
  try {
    if (!file.isValid()) throw new Error('no valid KTX2');
    const [width, height] = [file.getWidth(), file.getHeight()];
    if (width * height > maxPixels) throw new Error(`KTX2 of ${width} × ${height} pixels`);
    if (!file.startTranscoding()) throw new Error('the KTX2 is damaged');
    const format = basis.transcoder_texture_format.cTFRGBA32.value;
    const pixels = new Uint8Array(file.getImageTranscodedSizeInBytes(0, 0, 0, format));
    if (!file.transcodeImage(pixels, 0, 0, 0, format, 0, -1, -1)) throw new Error('the KTX2 is damaged');
    return [{ width, height, alpha: !!file.getHasAlpha() }, [pixels]];
  } finally {
    file.close();
    file.delete();
  }
}
