import { Fault } from '../core/fault.ts';
import type { Providers } from '../core/provider.ts';
import { type Opened, openText, othersCanRead, permissionProblem } from './file.ts';
import { parse } from './parse.ts';
import type { ConfigDeps, ConfigLocation } from './places.ts';
import { type Contents, contentsOf, emptyContents, holdsSecret } from './schema.ts';

/** A config file that was found, usable or not. */
export interface ConfigFile extends ConfigLocation {
  /** Permission bits; null where the file could not be opened. */
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
    const data = await parse(place.path, opened.text, world);
    if (data === undefined) return null;
    return checkPermissions(place, opened, contentsOf(data, place, providers), { providers, world });
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
    mode: opened.mode,
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
