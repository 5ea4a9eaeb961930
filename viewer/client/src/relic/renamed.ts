/** three asks for its decoders by fixed names; the build gave them names that carry a digest. */
import { type LoadingManager } from 'three';

const tables = new WeakMap<LoadingManager, Map<string, string>>();

/** Gives the address of something that the build put beside this script. */
export function builtUrl(name: string): string {
  return new URL(name, import.meta.url).href;
}

/** Makes `manager` find each address of the left side under its built name. */
export function renamed(manager: LoadingManager, names: Record<string, string>): void {
  const table = tables.get(manager) ?? new Map<string, string>();
  tables.set(manager, table);
  for (const [fixed, built] of Object.entries(names)) table.set(fixed, builtUrl(built));
  manager.setURLModifier((url) => table.get(url) ?? url);
}
