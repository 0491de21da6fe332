import { Fault } from '../core/fault.ts';
import type { CredentialSet, Provider } from '../core/provider.ts';
import type { Profile } from './layers.ts';
import { dotted } from './problems.ts';

/** What a run knows when credentials are missing. */
export interface Situation {
  readonly provider: Provider;
  readonly profile: Profile | null;
  /** The names of all profiles in the files. */
  readonly profiles: readonly string[];
  /** Credentials of the highest source that holds any, and plain settings of every source. */
  readonly has: (key: string) => boolean;
}

/** One fault for everything that is missing, for each way to authenticate: ways begun first, then the last declared. */
export function missing(situation: Situation): Fault {
  const { provider } = situation;
  const ways = provider.credentials
    .map((set) => ({ begun: set.keys.some(situation.has), groups: lacking(set, situation.has) }))
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
function lacking(set: CredentialSet, has: (key: string) => boolean): (readonly string[])[] {
  const keys = set.keys.filter((key) => !has(key)).map((key) => [key]);
  const needs = (set.needs ?? []).filter((group) => !group.some(has));
  return [...keys, ...needs];
}

function nameOf(key: string, { provider, profile }: Situation): string {
  const variable = provider.settings[key]?.env[0];
  if (profile?.explicit === true) return dotted(['profiles', profile.name, provider.id, key]);
  const path = `${provider.id}.${key}`;
  return variable === undefined ? path : `${variable} (${path})`;
}

function hintOf({ provider, profile, profiles }: Situation, groups: readonly (readonly string[])[]): string {
  if (profile?.explicit === true) {
    return 'add them to the profile (an explicit profile borrows nothing from the environment), choose another one, or try --mock';
  }
  const variables = groups.flatMap(([key = '']) => provider.settings[key]?.env[0] ?? []);
  const ways = [
    `export ${variables.map((name) => `${name}=…`).join(' ')}`,
    'or write a .sbstatusrc (`sbstatus config init` asks for what it needs)',
    'or try it without credentials: --mock',
  ];
  const unchosen = profile === null && profiles.length > 0;
  return unchosen ? `choose a profile with --profile (${profiles.join(', ')}), or ${ways.join(', ')}` : ways.join(', ');
}
