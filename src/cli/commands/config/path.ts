import { isThere, userFile, userPlaces } from '../../../config/index.ts';
import { visible } from '../../../render/safe-text.ts';
import type { World } from '../../../world.ts';
import { configurationFor } from '../../credentials.ts';
import type { ConfigOptions } from './options.ts';

/** The user's own file: the one that counts, or the one that `config init` would write. */
export function ownFile(world: World): string {
  return userPlaces(world).find(isThere)?.path ?? userFile(world);
}

export async function path(options: ConfigOptions, world: World): Promise<void> {
  if (!options.all) {
    const own = ownFile(world);
    await world.stdout.write(options.json ? `${JSON.stringify(own)}\n` : `${own}\n`);
    return;
  }
  const { places, files } = await configurationFor({ ...options, profile: null }, world);
  const used = new Set(files.map((file) => file.path));
  const rows = places.map((place) => ({ path: place.path, kind: place.kind, used: used.has(place.path) }));
  const lines = rows.map((row) => `${row.used ? 'used' : '-'}\t${row.kind}\t${visible(row.path)}`);
  await world.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : `${lines.join('\n')}\n`);
}
