import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { Provider, Setting } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';
import { Settings } from '../core/settings.ts';
import { type CredentialQuery, checkAddress, chooseCredentials, firstOf } from './credentials.ts';
import { builtIn, describe, type Layer, type Origin, type SourcedValue } from './layers.ts';
import { type ConfigDeps, inHome } from './places.ts';
import { type Fetched, fetchSecret } from './secret.ts';
import { problemWith, shownUrl, urlProblem, variableIn } from './value.ts';

export interface Resolved {
  readonly settings: Settings;
  /** For stderr: addresses that are not the default, secrets that others can read. */
  readonly notes: readonly string[];
  /** Where each setting in use comes from. */
  readonly origins: ReadonlyMap<string, Origin>;
}

export interface SettingsPlan {
  readonly credentials: ReadonlyMap<string, SourcedValue>;
  readonly plain: ReadonlyMap<string, PlainSetting>;
}

/** What the rules make of the sources; nothing is fetched or run. Throws faults of exit 41. */
export function planSettings(choice: CredentialQuery): SettingsPlan {
  const { provider, layers } = choice;
  const credentials = chooseCredentials(choice);
  const plain = plainSettings(provider, layers);
  for (const key of plain.keys()) {
    const address = provider.settings[key]?.kind === 'url' ? firstOf(layers, key) : null;
    if (address !== null) checkAddress(key, address, { ...choice, credentials });
  }
  return { credentials, plain };
}

/** Nothing is fetched or run before every rule about origins has been kept. Throws faults of exit 41. */
export async function resolveSettings(choice: CredentialQuery, world: ConfigDeps): Promise<Resolved> {
  const { provider } = choice;
  const { credentials, plain } = planSettings(choice);
  const fetched = await fetchAll(provider, credentials, world);
  const values = new Map<string, string | URL | Secret>();
  for (const [key, { value }] of plain) values.set(key, textOrUrl(provider, key, value));
  for (const [key, { secret }] of fetched) values.set(key, secret);
  const origins = new Map([...plain, ...credentials].map(([key, { origin }]) => [key, origin]));
  return { settings: new Settings(values), notes: notesOf(provider, plain, fetched), origins };
}

export interface PlainSetting {
  readonly value: string;
  readonly origin: Origin;
}

/** Everything but secrets, each from the highest source that has it, checked. Throws `config-invalid`. */
export function plainSettings(provider: Provider, layers: readonly Layer[]): ReadonlyMap<string, PlainSetting> {
  const plain = new Map<string, PlainSetting>();
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

function literalOf({ raw }: SourcedValue): string {
  if (raw.kind !== 'literal') throw new Error(`only secrets may be a ${raw.kind}`);
  return raw.value.reveal();
}

function textOrUrl(provider: Provider, key: string, value: string): string | URL {
  return provider.settings[key]?.kind === 'url' ? new URL(value) : value;
}

async function fetchAll(
  provider: Provider,
  credentials: ReadonlyMap<string, SourcedValue>,
  world: ConfigDeps,
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

function refuseUnset(credentials: ReadonlyMap<string, SourcedValue>, world: ConfigDeps): void {
  const unset = [...credentials.values()].flatMap(({ raw, origin }) =>
    raw.kind === 'variable' && variableIn(world.env, raw.name) === '' ? [{ name: raw.name, origin }] : [],
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
  plain: ReadonlyMap<string, PlainSetting>,
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

export interface Previewed {
  /** Null for a secret. */
  readonly value: string | null;
  /** The variable or the file that it names is not there. */
  readonly absent: boolean;
  readonly origin: Origin;
}

/** A provider's settings as they would be used, and why they cannot be. */
export interface Preview {
  readonly settings: ReadonlyMap<string, Previewed>;
  /** Whether any credential is set at all. */
  readonly configured: boolean;
  readonly fault: Fault | null;
}

/** `broken`: the fault of a file, which comes before all others. */
export function previewOf(choice: CredentialQuery, broken: Fault | null, world: ConfigDeps): Preview {
  const { provider, layers } = choice;
  const outcome = outcomeOf(choice);
  const settings = new Map<string, Previewed>();
  for (const key of Object.keys(provider.settings)) {
    // Of the credentials only those in use are worth telling, once it is clear which they are.
    const chosen = isSecret(provider, key) && !(outcome instanceof Fault);
    const found = chosen ? (outcome.credentials.get(key) ?? null) : firstOf(layers, key);
    const shown = previewSetting(provider, key, found, world);
    if (shown !== null) settings.set(key, shown);
  }
  const configured = [...settings.keys()].some((key) => isSecret(provider, key));
  return { settings, configured, fault: broken ?? (outcome instanceof Fault ? outcome : null) };
}

function outcomeOf(choice: CredentialQuery): SettingsPlan | Fault {
  try {
    return planSettings(choice);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function isSecret(provider: Provider, key: string): boolean {
  return provider.settings[key]?.kind === 'secret';
}

function previewSetting(
  provider: Provider,
  key: string,
  found: SourcedValue | null,
  world: ConfigDeps,
): Previewed | null {
  const byDefault = isSecret(provider, key) ? undefined : provider.settings[key]?.default;
  if (found === null) return byDefault === undefined ? null : { value: byDefault, absent: false, origin: builtIn };
  const text = !isSecret(provider, key) && found.raw.kind === 'literal' ? found.raw.value.reveal() : null;
  const value = text !== null && provider.settings[key]?.kind === 'url' ? shownUrl(text) : text;
  return { value, absent: isAbsent(found, world), origin: found.origin };
}

/** As far as can be told without reading or running anything. */
function isAbsent({ raw, file }: SourcedValue, world: ConfigDeps): boolean {
  if (raw.kind === 'variable') return variableIn(world.env, raw.name) === '';
  if (raw.kind !== 'file' || file === null) return false;
  return !existsSync(resolve(dirname(file.path), inHome(raw.path, world.home)));
}

/**
 * Settings out of plain values that need no rules about origins, such as the mock's; defaults fill the gaps. Throws a
 * `config-invalid` fault for an address that must not be used, and so not be shown.
 */
export function fixedSettings(provider: Provider, values: Readonly<Record<string, string>>): Settings {
  const settings = new Map<string, string | URL | Secret>();
  for (const [key, setting] of Object.entries(provider.settings)) {
    const value = Object.hasOwn(values, key) ? values[key] : setting.default;
    if (value === undefined || value === '') continue;
    const problem = setting.kind === 'url' ? urlProblem(value) : null;
    if (problem !== null)
      throw new Fault('config-invalid', { message: `${provider.id}.${key} ${problem}`, hint: `it is ${setting.what}` });
    settings.set(key, settingValue(setting, value));
  }
  return new Settings(settings);
}

function settingValue(setting: Setting, value: string): string | URL | Secret {
  if (setting.kind === 'text') return value;
  return setting.kind === 'url' ? new URL(value) : new Secret(value, setting.env[0] ?? setting.what);
}
