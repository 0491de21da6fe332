import { isAbsolute, join } from 'node:path';
import type { World } from '../world.ts';

/** The folder for what can be fetched again: below XDG_CACHE_HOME, on Windows below LOCALAPPDATA. */
export function cacheFolder({ env, home, platform }: Pick<World, 'env' | 'home' | 'platform'>): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'sbstatus', 'Cache');
  const named = env['XDG_CACHE_HOME'] ?? '';
  // The XDG specification: a relative path is to be ignored.
  return join(isAbsolute(named) ? named : join(home, '.cache'), 'sbstatus');
}
