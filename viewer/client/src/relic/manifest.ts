/** Reads what the pipeline wrote: which levels there are, how large the object is. */
import type { Manifest } from '../generated/manifest';
import { fetchBytes, type Wait } from './fetch-bytes';
import type { Frame } from './orbit';

export interface Level {
  quality: string;
  url: string;
  bytes: number;
  /** GPU memory once loaded. */
  decodedBytes: number;
  /** How far the level's surface is from the scan, 95th percentile; 0 when nothing is known. */
  errorMm: number;
  /** Longest side of the largest texture; 0 without texture. */
  texturePx: number;
  /** 0 when nothing is known. */
  vertices: number;
  /** Of glTF, that the file asks for; none when nothing is known. */
  extensions: readonly string[];
}

export interface Relic {
  /** From the smallest level to the largest. */
  levels: Level[];
  /** Width, height, depth; undefined where no manifest says so. */
  sizeMm: readonly [number, number, number] | undefined;
  confirmed: boolean;
  /** From where the poster looks; undefined where the manifest does not say. */
  front: Frame['front'];
}

/** Gives the levels for the screen. An address that ends in .glb or .gltf is a relic of one level. */
export async function readRelic(src: string, wait: Wait): Promise<Relic> {
  const address = new URL(src, document.baseURI);
  if (/\.(glb|gltf)$/i.test(address.pathname)) {
    const unknown = { bytes: 0, decodedBytes: 0, errorMm: 0, texturePx: 0, vertices: 0, extensions: [] };
    return {
      levels: [{ quality: 'full', url: address.href, ...unknown }],
      sizeMm: undefined,
      confirmed: false,
      front: undefined,
    };
  }
  const text = new TextDecoder().decode(await fetchBytes(address.href, 0, wait));
  return relicFrom(JSON.parse(text) as Manifest, address.href);
}

/** Gives the relic of a manifest at `base`. Throws where the manifest lists nothing to look at. */
export function relicFrom(manifest: Manifest, base: string): Relic {
  const views = manifest.derivatives.filter((one) => one.usage === 'view');
  // the poster is a better first sight than the thumbnail's form: that one is for shelves of many objects
  const shown = views.filter((one) => one.quality !== 'thumb');
  const levels = (shown.length > 0 ? shown : views)
    .map((one) => ({
      quality: one.quality,
      url: new URL(one.path, base).href,
      bytes: one.bytes,
      decodedBytes: one.decoded_bytes,
      errorMm: one.error_mm ?? one.deviation_mm.p95,
      texturePx: one.texture_px,
      vertices: one.vertices ?? 0,
      extensions: one.required_extensions ?? [],
    }))
    .sort((a, b) => a.decodedBytes - b.decodedBytes || a.bytes - b.bytes);
  if (levels.length === 0) throw new Error('the manifest lists no model for the screen');
  const { scale, view } = manifest;
  const front = view ? { azimuth: view.azimuth_deg, elevation: view.elevation_deg } : undefined;
  return { levels, sizeMm: scale.size_mm, confirmed: scale.confirmed, front };
}
