import { Fault } from '../core/fault.ts';
import type { Provider } from '../core/provider.ts';
import type { Secret } from '../core/secret.ts';
import { Settings } from '../core/settings.ts';
import { type Choice, chooseCredentials, firstOf } from './credentials.ts';
import type { Found, Layer } from './layers.ts';
import { builtIn, describe, type Origin } from './origin.ts';
import type { Surroundings } from './places.ts';
import { type Fetched, fetchSecret } from './secret.ts';
import { problemWith } from './value.ts';

export interface Resolved {
  readonly settings: Settings;
  /** For stderr: addresses that are not the default, secrets that others can read. */
  readonly notes: readonly string[];
  /** Where each setting in use comes from. */
  readonly origins: ReadonlyMap<string, Origin>;
}

export interface Settled {
  readonly credentials: ReadonlyMap<string, Found>;
  readonly plain: ReadonlyMap<string, Plain>;
}

/** What the rules make of the sources; nothing is fetched or run. Throws faults of exit 41. */
export function settle(choice: Choice): Settled {
  const { provider, layers } = choice;
  const credentials = chooseCredentials(choice);
  const plain = plainSettings(provider, layers);
  keepUrlsAtHome(provider, credentials, plain);
  return { credentials, plain };
}

/** Nothing is fetched or run before every rule about origins has been kept. Throws faults of exit 41. */
export async function resolve(choice: Choice, world: Surroundings): Promise<Resolved> {
  const { provider } = choice;
  const { credentials, plain } = settle(choice);
  const fetched = await fetchAll(provider, credentials, world);
  const values = new Map<string, string | URL | Secret>();
  for (const [key, { value }] of plain) values.set(key, typed(provider, key, value));
  for (const [key, { secret }] of fetched) values.set(key, secret);
  const origins = new Map([...plain, ...credentials].map(([key, { origin }]) => [key, origin]));
  return { settings: new Settings(values), notes: notesOf(provider, plain, fetched), origins };
}

export interface Plain {
  readonly value: string;
  readonly origin: Origin;
}

/** Everything but secrets, each from the highest source that has it, checked. Throws `config-invalid`. */
export function plainSettings(provider: Provider, layers: readonly Layer[]): ReadonlyMap<string, Plain> {
  const plain = new Map<string, Plain>();
  for (const [key, setting] of Object.entries(provider.settings)) {
    if (setting.kind === 'secret') continue;
    const found = firstOf(layers, key);
    const value = found === null ? setting.default : literalOf(found);
    // An empty flag takes a setting away.
    if (value === undefined || value === '') continue;
    const problem = problemWith(setting)(value);
    const origin = found?.origin ?? builtIn;
    if (problem !== null) {
      throw new Fault('config-invalid', {
        message: `${provider.id}.${key} from ${describe(origin)} ${problem}`,
        hint: `correct it there: it is ${setting.what}`,
      });
    }
    plain.set(key, { value, origin });
  }
  return plain;
}

function literalOf({ raw }: Found): string {
  if (raw.kind !== 'literal') throw new Error(`only secrets may be a ${raw.kind}`);
  return raw.value.reveal();
}

function typed(provider: Provider, key: string, value: string): string | URL {
  return provider.settings[key]?.kind === 'url' ? new URL(value) : value;
}

/** A project file may send nobody's secrets to an address of its choice but those that it holds itself. */
function keepUrlsAtHome(
  provider: Provider,
  credentials: ReadonlyMap<string, Found>,
  plain: ReadonlyMap<string, Plain>,
): void {
  for (const [key, { origin }] of plain) {
    if (provider.settings[key]?.kind !== 'url' || origin.kind !== 'project') continue;
    for (const [name, secret] of credentials) {
      if (secret.origin.kind === 'project' && secret.origin.file === origin.file) continue;
      throw new Fault('origin-refused', {
        message: `${describe(origin)} sets ${key}, but ${name} is from ${describe(secret.origin)}`,
        hint: `an address in a project file is used only with credentials that stand in that same file; if you trust it, set ${
          provider.settings[key]?.env[0] ?? key
        } yourself, else remove it`,
      });
    }
  }
}

async function fetchAll(
  provider: Provider,
  credentials: ReadonlyMap<string, Found>,
  world: Surroundings,
): Promise<ReadonlyMap<string, Fetched>> {
  refuseUnset(credentials, world);
  const fetched = new Map<string, Fetched>();
  for (const [key, found] of credentials) {
    const setting = provider.settings[key];
    if (setting === undefined) throw new Error(`${provider.id} has no setting ${key}`);
    fetched.set(key, await fetchSecret(found, setting, world));
  }
  return fetched;
}

function refuseUnset(credentials: ReadonlyMap<string, Found>, world: Surroundings): void {
  const unset = [...credentials.values()].flatMap(({ raw, origin }) =>
    raw.kind === 'variable' && (world.env[raw.name] ?? '') === '' ? [{ name: raw.name, origin }] : [],
  );
  if (unset.length === 0) return;
  throw new Fault('credentials-missing', {
    message: unset
      .map(({ name, origin }) => `${name}, named in ${origin.file} (${origin.path}), is not set`)
      .join('; '),
    hint: `export ${unset.map(({ name }) => `${name}=…`).join(' ')}`,
  });
}

function notesOf(
  provider: Provider,
  plain: ReadonlyMap<string, Plain>,
  fetched: ReadonlyMap<string, Fetched>,
): string[] {
  const addresses = [...plain].flatMap(([key, { value, origin }]) => {
    const setting = provider.settings[key];
    if (setting?.kind !== 'url' || new URL(value).href === hrefOf(setting.default)) return [];
    return [`using ${new URL(value).href} from ${describe(origin)}`];
  });
  return [...addresses, ...[...fetched.values()].flatMap(({ notes }) => notes)];
}

function hrefOf(url: string | undefined): string | null {
  return url === undefined ? null : new URL(url).href;
}
