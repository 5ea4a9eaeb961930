/** Brings one model file and decodes it. Decoders for Draco and KTX2 come only when the file's own header asks. */
import { type Group, LoadingManager, type WebGLRenderer } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { MeshoptDecoder } from 'three/examples/jsm/libs/meshopt_decoder.module.js';
import { fetchBytes, type Wait } from './fetch-bytes';

const GLB_MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const DRACO = 'KHR_draco_mesh_compression';

/** Gives the extensions that a GLB or glTF file uses; reads its JSON only. */
export function extensionsOf(file: ArrayBuffer): string[] {
  const view = new DataView(file);
  const isGlb = file.byteLength > 20 && view.getUint32(0, true) === GLB_MAGIC;
  if (isGlb && view.getUint32(16, true) !== JSON_CHUNK)
    throw new Error('the GLB does not begin with its JSON');
  const bytes = isGlb ? new Uint8Array(file, 20, view.getUint32(12, true)) : new Uint8Array(file);
  const json = JSON.parse(new TextDecoder().decode(bytes)) as { extensionsUsed?: string[] };
  return json.extensionsUsed ?? [];
}

/**
 * Gives the model at `url`. Rejects when `wait.signal` fires or the server falls silent before it is complete.
 *
 * `expected` says which extensions the file will ask for, where that is known: a decoder then comes beside it.
 */
export async function loadModel(
  url: string,
  expectedBytes: number,
  renderer: WebGLRenderer,
  wait: Wait,
  expected: readonly string[] = [],
): Promise<Group> {
  if (expected.includes(DRACO))
    void import('./decode-draco').then(
      ({ bringAhead }) => bringAhead(wait.signal),
      () => undefined, // met again below, where it is told
    );
  const file = await fetchBytes(url, expectedBytes, wait);
  const extensions = extensionsOf(file);
  const manager = new LoadingManager();
  const loader = new GLTFLoader(manager).setMeshoptDecoder(MeshoptDecoder);
  const closers: (() => void)[] = [];
  if (extensions.includes('KHR_texture_basisu')) {
    const { basisLoader } = await import('./decode-basis');
    const ktx2 = basisLoader(manager, renderer);
    loader.setKTX2Loader(ktx2);
    closers.push(() => ktx2.dispose());
  }
  if (extensions.includes(DRACO)) {
    const { dracoLoader } = await import('./decode-draco');
    const draco = dracoLoader(manager);
    loader.setDRACOLoader(draco);
    closers.push(() => draco.dispose());
  }
  try {
    const { scene } = await loader.parseAsync(file, new URL('.', url).href);
    return scene;
  } finally {
    // The workers and their wasm heaps are worth more to the page than a second start.
    for (const close of closers) close();
  }
}
