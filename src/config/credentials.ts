import { Fault } from '../core/fault.ts';
import type { CredentialSet, Provider } from '../core/provider.ts';
import type { World } from '../world.ts';
import { describe, type Layer, type Profile, type SourcedValue } from './layers.ts';
import { keyPath } from './value.ts';

export interface CredentialQuery {
  readonly provider: Provider;
  readonly layers: readonly Layer[];
  readonly profile: Profile | null;
  readonly profiles: readonly string[];
  readonly env: World['env'];
}

/**
 * The credentials in use, unfetched: a whole set out of the highest source that holds any part of any set.
 * Throws `credentials-missing`, or `origin-refused` where sources would have to be mixed.
 */
export function chooseCredentials(choice: CredentialQuery): ReadonlyMap<string, SourcedValue> {
  const { provider, layers } = choice;
  const top = credentialLayer(provider, layers);
  const has = (key: string) =>
    provider.settings[key]?.kind === 'secret' ? top?.values.has(key) === true : isSet(provider, layers, key);
  for (const { keys, needs = [] } of provider.credentials) {
    if (top === null || !keys.every(has) || !needs.every((group) => group.some(has))) continue;
    const credentials = new Map<string, SourcedValue>();
    for (const key of keys) {
      const value = top.values.get(key);
      if (value !== undefined) credentials.set(key, value);
    }
    return credentials;
  }
  const split = top === null ? null : splitFault(choice, top);
  const isEmpty = (variable: string) => choice.env[variable] === '';
  throw split ?? missingCredentials({ ...choice, has, isEmpty });
}

/** The highest source that holds any credential; null where none does. */
function credentialLayer(provider: Provider, layers: readonly Layer[]): Layer | null {
  for (const layer of layers) {
    for (const key of layer.values.keys()) if (provider.settings[key]?.kind === 'secret') return layer;
  }
  return null;
}

/** An empty flag takes a setting away. */
function isSet(provider: Provider, layers: readonly Layer[], key: string): boolean {
  const first = firstOf(layers, key);
  if (first === null) return provider.settings[key]?.default !== undefined;
  return first.raw.kind !== 'literal' || first.raw.value.reveal() !== '';
}

export function firstOf(layers: readonly Layer[], key: string): SourcedValue | null {
  for (const { values } of layers) {
    const found = values.get(key);
    if (found !== undefined) return found;
  }
  return null;
}

/** The fault of a set that is whole only when a lower source lends what the highest one lacks. */
function splitFault({ provider, layers }: CredentialQuery, top: Layer): Fault | null {
  for (const { keys } of provider.credentials) {
    const held = keys.find((key) => top.values.has(key));
    const lent = keys.find((key) => !top.values.has(key) && firstOf(layers, key) !== null);
    const [mine, other] = [held, lent].map((key) => (key === undefined ? null : firstOf(layers, key)));
    if (mine == null || other == null) continue;
    return new Fault('origin-refused', {
      message: `the credentials of ${provider.title} are split: ${held} is from ${describe(mine.origin)}, ${lent} from ${describe(other.origin)}`,
      hint: `put all of ${keys.join(', ')} into ${top.name}, or take ${held} out of it`,
    });
  }
  return null;
}

/** What a run knows when credentials are missing. */
export interface MissingContext {
  readonly provider: Provider;
  readonly profile: Profile | null;
  /** The names of all profiles in the files. */
  readonly profiles: readonly string[];
  /** A variable that is there, and holds nothing. */
  readonly isEmpty: (variable: string) => boolean;
  /** Credentials of the highest source that holds any, and plain settings of every source. */
  readonly has: (key: string) => boolean;
}

/** One fault for everything that is missing, for each way to authenticate: ways begun first, then the last declared. */
function missingCredentials(situation: MissingContext): Fault {
  const { provider } = situation;
  const ways = provider.credentials
    .map((set) => ({ begun: set.keys.some(situation.has), groups: missingKeys(set, situation.has) }))
    .reverse()
    .sort((a, b) => Number(b.begun) - Number(a.begun))
    .map(({ groups }) => groups);
  const named = ways.map((way) =>
    way.map((group) => group.map((key) => nameOf(key, situation)).join(' or ')).join(', '),
  );
  return new Fault('credentials-missing', {
    message: `missing for ${provider.title}: ${named.join('; or else ')}`,
    hint: hintOf(situation, ways[0] ?? []),
  });
}

/** Groups of keys; of each group one is wanted. */
function missingKeys(set: CredentialSet, has: (key: string) => boolean): (readonly string[])[] {
  const keys = set.keys.filter((key) => !has(key)).map((key) => [key]);
  const needs = (set.needs ?? []).filter((group) => !group.some(has));
  return [...keys, ...needs];
}

function nameOf(key: string, { provider, profile, isEmpty }: MissingContext): string {
  const variable = provider.settings[key]?.env[0];
  if (profile?.explicit === true) return keyPath(['profiles', profile.name, provider.id, key]);
  const path = `${provider.id}.${key}`;
  if (variable === undefined) return path;
  return `${variable} (${path}${isEmpty(variable) ? ', set and empty' : ''})`;
}

function hintOf(
  { provider, profile, profiles, isEmpty }: MissingContext,
  groups: readonly (readonly string[])[],
): string {
  if (profile?.explicit === true) {
    return 'add them to the profile (an explicit profile borrows nothing from the environment), choose another one, or try --mock';
  }
  const variables = groups.flatMap(([key = '']) => provider.settings[key]?.env[0] ?? []);
  if (variables.some(isEmpty)) return emptyHint;
  const ways = [
    `export ${variables.map((name) => `${name}=…`).join(' ')}`,
    'or write a .sbstatusrc (`sbstatus config init` asks for what it needs)',
    'or try it without credentials: --mock',
  ];
  const unchosen = profile === null && profiles.length > 0;
  return unchosen ? `choose a profile with --profile (${listNames(profiles)}), or ${ways.join(', ')}` : ways.join(', ');
}

const emptyHint =
  'a variable that is set and empty is a secret that the job was not given: a pull request from a fork gets none, and a misspelt name is empty too; to try it without: --mock';

/** As many names as anybody reads. */
const mostNames = 12;

export function listNames(names: readonly string[]): string {
  const rest = names.length > mostNames ? [`and ${names.length - mostNames} more`] : [];
  return [...names.slice(0, mostNames), ...rest].join(', ');
}

/** Throws `origin-refused` where the address of a file would meet credentials that it was not written for. */
export function checkAddress(key: string, address: SourcedValue, query: AddressQuery): void {
  const stranger = [...query.credentials].find(([, secret]) => !standsWith(secret, address));
  const reason = stranger === undefined ? null : bindingOf(key, address, query);
  if (stranger === undefined || reason === null) return;
  throw new Fault('origin-refused', {
    message: `${describe(address.origin)} sets ${key}, but ${stranger[0]} is from ${describe(stranger[1].origin)}`,
    hint: reason,
  });
}

export interface AddressQuery extends CredentialQuery {
  /** Those in use. */
  readonly credentials: ReadonlyMap<string, SourcedValue>;
}

/** For a project file, what it only names lies elsewhere. */
function standsWith(secret: SourcedValue, address: SourcedValue): boolean {
  return secret.file === address.file && (address.file?.kind !== 'project' || secret.origin.kind === 'project');
}

/** Why an address goes only with the credentials beside it, and what to do; null where it goes with any. */
function bindingOf(key: string, { origin, file }: SourcedValue, query: AddressQuery): string | null {
  const { provider, profile } = query;
  const own = `set ${provider.settings[key]?.env[0] ?? key} yourself`;
  if (file?.kind === 'project') {
    return `an address in a project file is used only with credentials that stand in that same file; if you trust it, ${own}, else remove it`;
  }
  const block = query.layers.find((layer) => layer.file === file);
  if (provider.credentials.some(({ keys }) => keys.some((name) => block?.values.has(name)))) {
    return `an address that stands beside credentials is used only with those; ${own}, or take one of the two away`;
  }
  const isChosen = profile?.byProject === true && origin.path?.startsWith('profiles.') === true;
  return isChosen
    ? `the project chose the profile ${profile.name}, not you; ${own}, or choose it with --profile`
    : null;
}
