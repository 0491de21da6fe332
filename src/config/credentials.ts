import { Fault } from '../core/fault.ts';
import type { CredentialSet, Provider } from '../core/provider.ts';
import type { Found, Layer, Profile } from './layers.ts';
import { missing } from './missing.ts';
import { describe } from './origin.ts';

export interface Choice {
  readonly provider: Provider;
  readonly layers: readonly Layer[];
  readonly profile: Profile | null;
  readonly profiles: readonly string[];
}

/**
 * The credentials in use, unfetched: a whole set out of the highest source that holds any part of any set.
 * Throws `credentials-missing`, or `origin-refused` where sources would have to be mixed.
 */
export function chooseCredentials(choice: Choice): ReadonlyMap<string, Found> {
  const { provider, layers } = choice;
  const keys = provider.credentials.flatMap((set) => set.keys);
  const top = layers.find((layer) => keys.some((key) => layer.find(key) !== null));
  const has = (key: string) => (keys.includes(key) ? top?.find(key) != null : isSet(provider, layers, key));
  const set = provider.credentials.find((each) => isComplete(each, has));
  if (top !== undefined && set !== undefined) return found(set, top);
  const split = top === undefined ? null : mixture(choice, top);
  throw split ?? missing({ ...choice, has });
}

/** An empty flag takes a setting away. */
export function isSet(provider: Provider, layers: readonly Layer[], key: string): boolean {
  const first = firstOf(layers, key);
  if (first === null) return provider.settings[key]?.default !== undefined;
  return first.raw.kind !== 'literal' || first.raw.value.reveal() !== '';
}

export function firstOf(layers: readonly Layer[], key: string): Found | null {
  for (const layer of layers) {
    const found = layer.find(key);
    if (found !== null) return found;
  }
  return null;
}

function isComplete(set: CredentialSet, has: (key: string) => boolean): boolean {
  return set.keys.every(has) && (set.needs ?? []).every((group) => group.some(has));
}

function found(set: CredentialSet, layer: Layer): ReadonlyMap<string, Found> {
  return new Map(
    set.keys.flatMap((key) => {
      const value = layer.find(key);
      return value === null ? [] : [[key, value] as const];
    }),
  );
}

/** The fault of a set that is whole only when a lower source lends what the highest one lacks. */
function mixture({ provider, layers }: Choice, top: Layer): Fault | null {
  for (const { keys } of provider.credentials) {
    const held = keys.find((key) => top.find(key) !== null);
    const lent = keys.find((key) => top.find(key) === null && firstOf(layers, key) !== null);
    const [mine, other] = [held, lent].map((key) => (key === undefined ? null : firstOf(layers, key)));
    if (mine == null || other == null) continue;
    return new Fault('origin-refused', {
      message: `the credentials of ${provider.title} are split: ${held} is from ${describe(mine.origin)}, ${lent} from ${describe(other.origin)}`,
      hint: `put all of ${keys.join(', ')} into ${top.name}, or take ${held} out of it`,
    });
  }
  return null;
}
