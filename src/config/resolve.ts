import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { Provider, Setting } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';
import { Settings } from '../core/settings.ts';
import { parseUrl } from '../core/url.ts';
import { type CredentialQuery, checkAddress, chooseCredentials, firstOf } from './credentials.ts';
import { builtIn, describe, type Layer, type Origin, type SourcedValue } from './layers.ts';
import { type ConfigDeps, inHome } from './places.ts';
import { fetchText } from './secret.ts';
import { plainProblem, secretProblem, secretReference, shownUrl, urlProblem, variableIn } from './value.ts';

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
function planSettings(choice: CredentialQuery): SettingsPlan {
  const { provider, layers } = choice;
  const credentials = chooseCredentials(choice);
  const plain = plainSettings(provider, layers);
  for (const [key, { setting }] of plain) {
    // An address from a flag or the environment is the user's word for this run, and goes with any credentials.
    const address = setting.kind === 'url' ? firstOf(layers, key) : null;
    if (address !== null && address.file !== null) checkAddress(key, address, { ...choice, credentials });
  }
  return { credentials, plain };
}

/**
 * Nothing is fetched or run before every rule about origins has been kept. Throws faults of exit 41, or the signal's
 * reason where that ends a command.
 */
export async function resolveSettings(
  choice: CredentialQuery,
  world: ConfigDeps,
  signal: AbortSignal,
): Promise<Resolved> {
  const { settings } = choice.provider;
  const { credentials, plain } = planSettings(choice);
  refuseUnset(credentials, world);
  const values = new Map<string, string | URL | Secret>();
  const notes: string[] = [];
  const origins = new Map<string, Origin>();
  for (const [key, { value, setting, origin }] of plain) {
    const url = setting.kind === 'url' ? new URL(value) : null;
    values.set(key, url ?? value);
    origins.set(key, origin);
    if (url !== null && url.href !== parseUrl(setting.default ?? '')?.href)
      notes.push(`using ${url.href} from ${describe(origin)}`);
  }
  for (const [key, found] of credentials) {
    const setting = settings[key];
    if (setting === undefined) throw new Error(`${choice.provider.id} has no setting ${key}`);
    const fetched = await fetchSecret(found, setting, world, signal);
    values.set(key, fetched.secret);
    origins.set(key, found.origin);
    notes.push(...fetched.notes);
  }
  const [first] = credentials.values();
  return { settings: new Settings(values, first === undefined ? null : describe(first.origin)), notes, origins };
}

export interface PlainSetting {
  readonly value: string;
  readonly setting: Setting;
  readonly origin: Origin;
}

/** Everything but secrets, each from the highest source that has it, checked. Throws `config-invalid`. */
function plainSettings(provider: Provider, layers: readonly Layer[]): ReadonlyMap<string, PlainSetting> {
  const plain = new Map<string, PlainSetting>();
  for (const [key, setting] of Object.entries(provider.settings)) {
    if (setting.kind === 'secret') continue;
    const found = firstOf(layers, key);
    const raw = found?.raw;
    if (raw !== undefined && raw.kind !== 'literal') throw new Error(`only secrets may be a ${raw.kind}`);
    const value = raw === undefined ? setting.default : raw.value.reveal();
    // An empty flag takes a setting away.
    if (value === undefined || value === '') continue;
    const problem = plainProblem(value, setting);
    const origin = found?.origin ?? builtIn;
    if (problem !== null) {
      throw new Fault('config-invalid', {
        message: `${provider.id}.${key} from ${describe(origin)} ${problem}`,
        hint: `correct it there: it is ${setting.what}`,
      });
    }
    plain.set(key, { value, setting, origin });
  }
  return plain;
}

function refuseUnset(credentials: ReadonlyMap<string, SourcedValue>, world: ConfigDeps): void {
  const names: string[] = [];
  const places: string[] = [];
  for (const { raw, origin } of credentials.values()) {
    if (raw.kind !== 'variable' || variableIn(world.env, raw.name) !== '') continue;
    names.push(raw.name);
    places.push(`${raw.name}, named in ${origin.file} (${origin.path}), is not set`);
  }
  if (names.length === 0) return;
  throw new Fault('credentials-missing', {
    message: places.join('; '),
    hint: `export ${names.map((name) => `${name}=…`).join(' ')}`,
  });
}

interface FetchedSecret {
  readonly secret: Secret;
  readonly notes: readonly string[];
}

/** A credential from where it lies. Throws a fault that names the place and never quotes what lies there. */
async function fetchSecret(
  found: SourcedValue,
  setting: Setting,
  world: ConfigDeps,
  signal: AbortSignal,
): Promise<FetchedSecret> {
  const { raw } = found;
  const { value, notes } =
    raw.kind === 'literal' ? { value: raw.value.reveal(), notes: [] } : await fetchText(found, world, signal);
  const problem = secretProblem(value);
  if (problem !== null) {
    throw new Fault('config-invalid', {
      message: `${setting.what} from ${describe(found.origin)} ${problem}`,
      hint: secretReference.test(value)
        ? 'or have op put the key into the variable: op run -- sbstatus …'
        : 'copy the value again, without quotes, blanks or line ends around it',
    });
  }
  return { secret: new Secret(value, setting.env[0] ?? setting.what), notes };
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
