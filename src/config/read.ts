import { parse } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { Providers } from '../core/provider.ts';
import { readWith, refuseTwice, SyntaxProblem } from './document.ts';
import { type Opened, openText, othersCanRead, permissionProblem } from './file.ts';
import type { ConfigDeps, ConfigLocation } from './places.ts';
import { type ConfigData, type Contents, contentsOf, emptyContents, holdsSecret } from './schema.ts';

/** A config file that was found, usable or not. */
export interface ConfigFile extends ConfigLocation {
  /** Permission bits; null where the file could not be opened, and on Windows, which has none. */
  readonly mode: number | null;
  readonly contents: Contents;
  readonly holdsSecret: boolean;
  /** Why the file cannot be used. */
  readonly fault: Fault | null;
  readonly notes: readonly string[];
}

/** Null for a file that holds nothing for us: an empty one, or a package.json without our key. Never throws. */
export async function readConfigFile(
  place: ConfigLocation,
  providers: Providers,
  world: ConfigDeps,
): Promise<ConfigFile | null> {
  let opened: Opened | null = null;
  try {
    opened = openText(place.path, place.path);
    const parsed = await parseConfig(place.path, opened.text);
    if (parsed.data === undefined) return null;
    return checkPermissions(place, opened, contentsOf(parsed, place, providers), { providers, world });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return {
      ...place,
      mode: opened?.mode ?? null,
      contents: emptyContents,
      holdsSecret: false,
      fault: error,
      notes: [],
    };
  }
}

const code = new Set(['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts']);

/**
 * Our part of a config file; its data is undefined where the file holds nothing for us. Throws a `config-invalid` fault.
 *
 * cosmiconfig's loaders read, and nothing else of it is used: its search skips files that it may not open, and its
 * constructor reads, and would run, configuration of its own from the working directory.
 */
async function parseConfig(path: string, text: string): Promise<ConfigData> {
  const { name, ext } = parse(path);
  if (code.has(ext)) throw codeFault(path);
  if (text.trim() === '') return { data: undefined, prefix: [], text };
  const { defaultLoadersSync } = (await import('cosmiconfig')).default;
  const format = ext === '.json' ? 'JSON' : 'YAML';
  const load = defaultLoadersSync[format === 'JSON' ? '.json' : '.yaml'];
  try {
    const data = readWith(() => load(path, text), text, format);
    if (name === 'package') return { data: partOf(data, 'sbstatus'), prefix: ['sbstatus'], text };
    if (format === 'JSON') refuseTwice(text);
    return { data: data ?? undefined, prefix: [], text };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const place = error.line === null ? path : `${path}, line ${error.line}`;
    throw new Fault('config-invalid', { message: `${place}: ${error.message}` });
  }
}

function codeFault(path: string): Fault {
  return new Fault('config-invalid', {
    message: `${path} is code, which is never run`,
    hint: 'write it as JSON or YAML; `sbstatus schema config` tells every key',
  });
}

function partOf(data: unknown, key: string): unknown {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return undefined;
  return (data as Readonly<Record<string, unknown>>)[key] ?? undefined;
}

interface Context {
  readonly providers: Providers;
  readonly world: ConfigDeps;
}

function checkPermissions(
  place: ConfigLocation,
  opened: Opened,
  contents: Contents,
  { providers, world }: Context,
): ConfigFile {
  const secret = holdsSecret(contents, providers);
  // A project file without secrets is not believed anyway, and some CI systems check out everything world-writable.
  const why = secret || place.kind !== 'project' ? permissionProblem(opened, world) : null;
  const readable = secret && othersCanRead(opened, world);
  return {
    ...place,
    mode: world.platform === 'win32' ? null : opened.mode,
    contents,
    holdsSecret: secret,
    fault: why === null ? null : permissionFault(place.path, why),
    notes: readable ? [`${place.path} holds secrets and others can read it: chmod 600 ${place.path}`] : [],
  };
}

function permissionFault(path: string, why: string): Fault {
  return new Fault('config-invalid', {
    message: `${path} is not used, because ${why}`,
    hint: `make it yours alone: chmod 600 ${path}`,
  });
}
