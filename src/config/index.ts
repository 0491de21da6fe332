import { Fault } from '../core/fault.ts';
import type { Provider, Providers } from '../core/provider.ts';
import { nearest } from '../core/text.ts';
import { type CredentialQuery, listNames } from './credentials.ts';
import { layersOf, type Profile } from './layers.ts';
import { type ConfigDeps, type ConfigLocation, explicitPlace, isThere, projectPlaces, userPlaces } from './places.ts';
import type { ConfigFile } from './read.ts';
import { type Preview, previewOf, type Resolved, resolveSettings } from './resolve.ts';
import type { Contents } from './schema.ts';

export { describe, type Origin } from './layers.ts';
export { isThere, userFile, userPlaces } from './places.ts';
export type { ConfigFile } from './read.ts';
export type { Preview, Previewed, Resolved } from './resolve.ts';
export { fixedSettings } from './resolve.ts';

export interface Options {
  readonly world: ConfigDeps;
  /** Called only where there is a file: it is checked against all of them. */
  providers(): Promise<Providers>;
  /** --config or SBSTATUS_CONFIG. */
  readonly configFile: string | null;
  /** --profile or SBSTATUS_PROFILE. */
  readonly profile: string | null;
}

/** What the files and the environment say, before any secret is fetched. */
export interface Configuration {
  /** Every path looked at, in order of search. */
  readonly places: readonly ConfigLocation[];
  /** The files found, highest rank first, unusable ones included. */
  readonly files: readonly ConfigFile[];
  /** The names of all profiles in the files. */
  readonly profiles: readonly string[];
  readonly notes: readonly string[];
  /** The variables that the files name for secrets, in any profile. */
  readonly secretVariables: ReadonlySet<string>;
  /** The profile in use, or null. Throws a `profile-unknown` fault. */
  profile(): Profile | null;
  /**
   * `flags`: values of the command line by setting. `signal`: ends a command that prints a secret; its reason is a fault.
   * Throws that, or faults of exit 41.
   */
  settingsOf(provider: Provider, flags: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Resolved>;
  /** What `settingsOf` would find, whether or not it suffices; no secret is fetched. Throws as `profile`. */
  preview(provider: Provider, flags: Readonly<Record<string, string>>): Preview;
  /** The same files under another profile, as if it were asked for. Nothing is read again. */
  withProfile(name: string): Configuration;
}

/** The JSON Schema of a config file, as a plain object. */
export async function configJsonSchema(providers: Providers): Promise<object> {
  return (await import('./schema.ts')).configJsonSchema(providers);
}

/** Throws a `config-invalid` fault for data that a file of the user's own at `path` could not hold. */
export async function checkConfigData(data: unknown, path: string, providers: Providers): Promise<void> {
  const { contentsOf } = await import('./schema.ts');
  contentsOf({ data, prefix: [], text: null }, { kind: 'user', path, folder: path }, providers);
}

/** Finds and reads the config files. Never throws: an unusable file's fault is in `files`, and met by `settingsOf`. */
export async function loadConfiguration(options: Options): Promise<Configuration> {
  const { world, configFile } = options;
  const usual = userPlaces(world);
  const own = configFile === null || configFile === '' ? usual : [explicitPlace(configFile, world)];
  const project = projectPlaces(world, [...usual, ...own]);
  const files: ConfigFile[] = [];
  for (const places of [project, own]) {
    const file = await firstFile(places, options);
    if (file !== null) files.push(file);
  }
  const profiles = [...new Set(files.flatMap(({ contents }) => [...contents.profiles.keys()]))];
  return configurationOf({ world, places: [...project, ...own], files, profiles }, options.profile ?? '');
}

/** What was found, whichever profile is in use. */
type FoundFiles = Pick<Configuration, 'places' | 'files' | 'profiles'> & Pick<Options, 'world'>;

/** `wanted`: the profile that was asked for, or nothing. */
function configurationOf(found: FoundFiles, wanted: string): Configuration {
  const { world, places, files, profiles } = found;
  return {
    places,
    files,
    profiles,
    notes: files.flatMap((file) => file.notes),
    // When it is asked for: whoever looks at a thousand profiles would make it a thousand times.
    get secretVariables() {
      return new Set(files.flatMap(({ contents }) => variablesIn(contents)));
    },
    profile: () => profileOf(found, wanted),
    settingsOf: async (provider, flags, signal) => {
      for (const { fault } of files) if (fault !== null) throw fault;
      return resolveSettings(queryOf(provider, flags, found, wanted), world, signal);
    },
    preview: (provider, flags) => {
      const broken = files.find(({ fault }) => fault !== null)?.fault ?? null;
      return previewOf(queryOf(provider, flags, found, wanted), broken, world);
    },
    withProfile: (name) => configurationOf(found, name),
  };
}

function queryOf(
  provider: Provider,
  flags: Readonly<Record<string, string>>,
  found: FoundFiles,
  wanted: string,
): CredentialQuery {
  const { world, files, profiles } = found;
  const profile = profileOf(found, wanted);
  const layers = layersOf(provider, { flags, env: world.env, files, profile });
  return { provider, layers, profile, profiles, env: world.env };
}

/** The reader and all that it needs are loaded only when there is something to read: they cost half a start. */
async function firstFile(places: readonly ConfigLocation[], { providers, world }: Options): Promise<ConfigFile | null> {
  for (const place of places) {
    if (place.kind !== 'explicit' && !isThere(place)) continue;
    const { readConfigFile } = await import('./read.ts');
    const file = await readConfigFile(place, await providers(), world);
    if (file !== null) return file;
  }
  return null;
}

function profileOf({ files, profiles }: FoundFiles, wanted: string): Profile | null {
  const byDefault = files.find((file) => file.contents.defaultProfile !== null);
  const name = wanted === '' ? byDefault?.contents.defaultProfile : wanted;
  if (name == null) return null;
  const explicit = wanted !== '';
  if (files.some(({ contents }) => contents.profiles.has(name)))
    return { name, explicit, byProject: !explicit && byDefault?.kind === 'project' };
  const by = explicit ? '' : `, named by defaultProfile in ${byDefault?.path}`;
  const where =
    files.length === 0 ? 'there is no config file' : `not in ${files.map((file) => file.path).join(' or ')}`;
  throw new Fault('profile-unknown', {
    message: `no profile ${name}${by}: ${where}`,
    hint: profileHint(name, profiles),
  });
}

function profileHint(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'write one with `sbstatus config init`, or leave --profile and SBSTATUS_PROFILE out';
  const near = nearest(name, known);
  return near === null ? `there are: ${listNames(known)}` : `did you mean ${near}? there are: ${listNames(known)}`;
}

function variablesIn({ blocks, profiles }: Contents): string[] {
  const settings = [blocks, ...profiles.values()]
    .flatMap((each) => [...each.values()])
    .flatMap((block) => [...block.values()]);
  return settings.flatMap((raw) => (raw.kind === 'variable' ? raw.name : []));
}
