import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../core/fault.ts';
import type { ConfigDeps } from './places.ts';

/**
 * The text of a config file as data; undefined where it holds nothing for us. Throws a `config-invalid` fault that
 * quotes nothing of the text.
 *
 * cosmiconfig finds our part of a package.json and knows the formats. Its search is not used: it skips unreadable
 * files, and its constructor reads, and would run, configuration of its own from the working directory.
 */
export async function parse(path: string, text: string, world: ConfigDeps): Promise<unknown> {
  const { cosmiconfigSync, defaultLoadersSync } = (await import('cosmiconfig')).default;
  // cosmiconfig reads the file again, by its name. What counts is the text whose permissions were checked.
  const read = (format: '.json' | '.yaml') => () => dataOf(path, () => defaultLoadersSync[format](path, text));
  const loaders = {
    '.json': read('.json'),
    '.yaml': read('.yaml'),
    '.yml': read('.yaml'),
    noExt: read('.yaml'),
    default: read('.yaml'),
    ...Object.fromEntries(
      ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'].map((ending) => [ending, () => refuseCode(path)]),
    ),
  };
  const explorer = world.inFolder(ownFolder(), () =>
    cosmiconfigSync('sbstatus', { loaders, searchPlaces: [basename(path)], cache: false }),
  );
  return load(path, () => explorer.load(path)?.config ?? undefined);
}

/** The folder of this code, which holds none of the files that the constructor looks for. */
function ownFolder(): string {
  const folder = dirname(fileURLToPath(import.meta.url));
  const baits = ['package.json', 'package.yaml', '.config'].filter((name) => existsSync(join(folder, name)));
  if (baits.length > 0) throw new Error(`${folder} must not hold ${baits.join(', ')}`);
  return folder;
}

function dataOf(path: string, parsed: () => unknown): unknown {
  const data = syntax(path, parsed);
  for (const part of [data, field(data, 'sbstatus')]) {
    if (field(part, '$import') !== undefined) {
      throw new Fault('config-invalid', { message: `${path}: $import is not allowed: it could run code` });
    }
  }
  return data;
}

function field(data: unknown, key: string): unknown {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return undefined;
  return (data as Record<string, unknown>)[key] ?? null;
}

function refuseCode(path: string): never {
  throw new Fault('config-invalid', {
    message: `${path} is code, which is never run`,
    hint: 'write it as JSON or YAML; `sbstatus schema config` tells every key',
  });
}

function load(path: string, work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) throw error;
    // Gone, or closed to us, since it was opened a moment ago.
    throw new Fault('config-invalid', { message: `${path} changed while it was read` });
  }
}

function syntax(path: string, parsed: () => unknown): unknown {
  try {
    return parsed();
  } catch (error) {
    throw new Fault('config-invalid', { message: `${path}${lineOf(error)}: ${complaint(error)}` });
  }
}

interface YamlError {
  readonly reason?: unknown;
  readonly mark?: { readonly line: number; readonly column: number };
}

/** Both parsers' own messages quote the text around the place, and with it perhaps a secret. */
function lineOf(error: unknown): string {
  const { mark } = error as YamlError;
  return mark === undefined ? '' : `, line ${mark.line + 1}, column ${mark.column + 1}`;
}

function complaint(error: unknown): string {
  const { reason } = error as YamlError;
  if (reason === 'duplicated mapping key') return 'the same key stands here twice';
  return reason === undefined ? 'is not valid JSON' : 'is not valid YAML';
}
