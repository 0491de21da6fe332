import { realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { Setting } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';
import { openText, othersCanRead } from './file.ts';
import type { Found } from './layers.ts';
import { describe } from './origin.ts';
import { inHome, type Place, type Surroundings } from './places.ts';
import { secretProblem } from './value.ts';

const commandLimitMs = 10_000;

export interface Fetched {
  readonly secret: Secret;
  readonly notes: readonly string[];
}

/** Fetches a secret from where it lies. Throws a fault that names the place and never quotes what lies there. */
export async function fetchSecret(found: Found, setting: Setting, world: Surroundings): Promise<Fetched> {
  const { value, notes } = await fetchValue(found, world);
  const problem = secretProblem(value);
  if (problem !== null) {
    throw new Fault('config-invalid', {
      message: `${setting.what} from ${describe(found.origin)} ${problem}`,
      hint: 'copy the value again, without quotes, blanks or line ends around it',
    });
  }
  return { secret: new Secret(value, setting.env[0] ?? setting.what), notes };
}

interface Value {
  readonly value: string;
  readonly notes: readonly string[];
}

async function fetchValue({ raw, origin, file }: Found, world: Surroundings): Promise<Value> {
  if (raw.kind === 'literal') return { value: raw.value.reveal(), notes: [] };
  if (raw.kind === 'variable') return { value: world.env[raw.name] ?? '', notes: [] };
  if (file === null) throw new Error(`${raw.kind} stands in no file`);
  if (raw.kind === 'file') return fromFile(raw.path, file, describe(origin), world);
  const { outputOf } = await import('./command.ts');
  const folder = dirname(file.path);
  const run = { argv: raw.argv, folder, env: world.env, limitMs: commandLimitMs, name: describe(origin) };
  return { value: withoutLineEnd(await outputOf(run)), notes: [] };
}

function fromFile(named: string, by: Place, name: string, world: Surroundings): Value {
  const path = realPath(resolve(dirname(by.path), inHome(named, world.home)), name);
  if (by.kind === 'project' && !isInside(path, realPath(by.folder, by.folder))) {
    throw new Fault('origin-refused', {
      message: `${name} lies outside of ${by.folder}`,
      hint: 'a project file may only name files of its own folder; put this into your own config file, or set the variable',
    });
  }
  const opened = openText(path, name);
  // Where secrets are mounted, they belong to root and cannot be closed to others.
  const mine = world.uid === opened.owner && world.uid !== 0;
  const notes = mine && othersCanRead(opened, world) ? [`others can read ${name}: chmod 600 it`] : [];
  return { value: withoutLineEnd(opened.text), notes };
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}

function realPath(path: string, name: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw new Fault('config-invalid', { message: `${name} is not there`, hint: 'check the path in the config file' });
  }
}

/** One, as editors and `echo` leave it. */
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
