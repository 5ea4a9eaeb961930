/** Draco geometry: ours never asks for it, files that a museum brings may. A chunk of its own. */
import { type LoadingManager } from 'three';
import { DRACOLoader } from 'three/examples/jsm/loaders/DRACOLoader.js';
import script from 'asset:three/examples/jsm/libs/draco/gltf/draco_wasm_wrapper.js';
import binary from 'asset:three/examples/jsm/libs/draco/gltf/draco_decoder.wasm';
import { builtUrl, renamed } from './renamed';

export function dracoLoader(manager: LoadingManager): DRACOLoader {
  const at = builtUrl('draco/');
  renamed(manager, { [`${at}draco_wasm_wrapper.js`]: script, [`${at}draco_decoder.wasm`]: binary });
  return new DRACOLoader(manager).setDecoderPath(at).setWorkerLimit(2);
}
