/** Draco geometry: the largest level has it, and files that a museum brings may. A chunk of its own. */
import { type LoadingManager } from 'three';
import { DRACOLoader } from 'three/examples/jsm/loaders/DRACOLoader.js';
import script from 'asset:three/examples/jsm/libs/draco/gltf/draco_wasm_wrapper.js';
import binary from 'asset:three/examples/jsm/libs/draco/gltf/draco_decoder.wasm';
import { builtUrl, renamed } from './renamed';

/** Starts bringing the decoder into the browser's cache; it will be asked for when the model has come. */
export function bringAhead(signal: AbortSignal): void {
  for (const built of [script, binary])
    void fetch(builtUrl(built), { signal }).then(
      (answer) => answer.arrayBuffer(),
      () => undefined, // the loader will meet the same fault, and say it
    );
}

export function dracoLoader(manager: LoadingManager): DRACOLoader {
  const at = builtUrl('draco/');
  renamed(manager, { [`${at}draco_wasm_wrapper.js`]: script, [`${at}draco_decoder.wasm`]: binary });
  return new DRACOLoader(manager).setDecoderPath(at).setWorkerLimit(2);
}
