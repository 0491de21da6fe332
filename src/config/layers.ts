import type { Provider } from '../core/provider.ts';
import type { ConfigLocation } from './places.ts';
import type { ConfigFile } from './read.ts';
import type { Blocks } from './schema.ts';
import { keyPath, literalValue, type RawValue } from './value.ts';

/** A setting as one source has it. `file`: the config file that says so. */
export interface SourcedValue {
  readonly raw: RawValue;
  readonly origin: Origin;
  readonly file: ConfigLocation | null;
}

/** One source of a provider's settings. */
export interface Layer {
  /** A noun phrase for messages: `the environment`, a file's path. */
  readonly name: string;
  readonly file: ConfigLocation | null;
  /** By setting. */
  readonly values: ReadonlyMap<string, SourcedValue>;
}

export interface Profile {
  readonly name: string;
  /** Asked for with --profile or SBSTATUS_PROFILE, as opposed to a file's `defaultProfile`. */
  readonly explicit: boolean;
  /** Named by a project file's `defaultProfile`. */
  readonly byProject: boolean;
}

export interface LayerSources {
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Highest rank first. */
  readonly files: readonly ConfigFile[];
  readonly profile: Profile | null;
}

/** A provider's sources, highest rank first. An explicit profile takes the environment's place. */
export function layersOf(provider: Provider, { flags, env, files, profile }: LayerSources): readonly Layer[] {
  const layers = [flagLayer(provider, flags)];
  if (profile?.explicit !== true) layers.push(environmentLayer(provider, env));
  for (const file of files) layers.push(fileLayer(provider, file, profile));
  return layers;
}

function flagLayer(provider: Provider, flags: Readonly<Record<string, string>>): Layer {
  const values = new Map<string, SourcedValue>();
  for (const [key, value] of Object.entries(flags)) {
    const name = provider.settings[key]?.flag ?? key;
    values.set(key, { raw: literalValue(value), origin: { kind: 'flag', name, file: null, path: null }, file: null });
  }
  return { name: 'the command line', file: null, values };
}

/** Of several variables the first that is set counts; an empty one is not. */
function environmentLayer(provider: Provider, env: LayerSources['env']): Layer {
  const values = new Map<string, SourcedValue>();
  for (const [key, setting] of Object.entries(provider.settings)) {
    for (const name of setting.env) {
      const value = env[name] ?? '';
      if (value === '') continue;
      values.set(key, { raw: literalValue(value), origin: { kind: 'env', name, file: null, path: null }, file: null });
      break;
    }
  }
  return { name: 'the environment', file: null, values };
}

function fileLayer(provider: Provider, file: ConfigFile, profile: Profile | null): Layer {
  const { blocks, prefix } = blocksIn(file, profile);
  const values = new Map<string, SourcedValue>();
  for (const [key, raw] of blocks.get(provider.id) ?? []) {
    values.set(key, { raw, origin: originOf(raw, file, keyPath([...prefix, provider.id, key])), file });
  }
  return { name: file.path, file, values };
}

function blocksIn(file: ConfigFile, profile: Profile | null): { blocks: Blocks; prefix: readonly string[] } {
  const named = profile === null ? undefined : file.contents.profiles.get(profile.name);
  if (profile !== null && named !== undefined) return { blocks: named, prefix: ['profiles', profile.name] };
  return { blocks: profile?.explicit === true ? new Map() : file.contents.blocks, prefix: [] };
}

function originOf(raw: RawValue, file: ConfigFile, path: string): Origin {
  const at = { file: file.path, path };
  if (raw.kind === 'variable') return { kind: 'env', name: raw.name, ...at };
  if (raw.kind !== 'literal') return { kind: raw.kind, name: null, ...at };
  return { kind: file.kind === 'project' ? 'project' : 'user', name: null, ...at };
}

/**
 * Where a value lies, which for `${NAME}`, `{ file }` and `{ command }` is not the config file that names it.
 * `project` and `user`: literally in a config file of that rank.
 */
export interface Origin {
  readonly kind: 'default' | 'flag' | 'env' | 'project' | 'user' | 'file' | 'command';
  /** The flag or the variable; null for everything else. */
  readonly name: string | null;
  /** The config file that holds or names the value, and the key there. */
  readonly file: string | null;
  readonly path: string | null;
}

export const builtIn: Origin = { kind: 'default', name: null, file: null, path: null };

/** An origin as a noun phrase, without the value. */
export function describe(origin: Origin): string {
  const place = origin.file === null ? '' : `${origin.file} (${origin.path})`;
  switch (origin.kind) {
    case 'default':
      return 'the default';
    case 'flag':
      return origin.name ?? 'a flag';
    case 'env': {
      const variable = `the environment (${origin.name})`;
      return place === '' ? variable : `${variable}, named in ${place}`;
    }
    case 'file':
      return `a file named in ${place}`;
    case 'command':
      return `a command named in ${place}`;
    default:
      return place;
  }
}
