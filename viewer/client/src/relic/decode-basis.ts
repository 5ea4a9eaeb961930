/** KTX2 textures: 220 KB of transcoder, so a chunk of its own. Runs in a worker made from a blob. */
import { type LoadingManager, type WebGLRenderer } from 'three';
import { KTX2Loader } from 'three/examples/jsm/loaders/KTX2Loader.js';
import script from 'asset:three/examples/jsm/libs/basis/basis_transcoder.js';
import binary from 'asset:three/examples/jsm/libs/basis/basis_transcoder.wasm';
import { builtUrl, renamed } from './renamed';

export function basisLoader(manager: LoadingManager, renderer: WebGLRenderer): KTX2Loader {
  const at = builtUrl('basis/');
  renamed(manager, { [`${at}basis_transcoder.js`]: script, [`${at}basis_transcoder.wasm`]: binary });
  return new KTX2Loader(manager).setTranscoderPath(at).setWorkerLimit(2).detectSupport(renderer);
}
