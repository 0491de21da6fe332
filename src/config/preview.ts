import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { Provider } from '../core/provider.ts';
import { type Choice, firstOf } from './credentials.ts';
import type { Found } from './layers.ts';
import { builtIn, type Origin } from './origin.ts';
import { inHome, type Surroundings } from './places.ts';
import { type Settled, settle } from './resolve.ts';

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
export function previewOf(choice: Choice, broken: Fault | null, world: Surroundings): Preview {
  const { provider, layers } = choice;
  const outcome = outcomeOf(choice);
  const settings = new Map<string, Previewed>();
  for (const key of Object.keys(provider.settings)) {
    // Of the credentials only those in use are worth telling, once it is clear which they are.
    const chosen = isSecret(provider, key) && !(outcome instanceof Fault);
    const found = chosen ? (outcome.credentials.get(key) ?? null) : firstOf(layers, key);
    const shown = previewed(provider, key, found, world);
    if (shown !== null) settings.set(key, shown);
  }
  const configured = [...settings.keys()].some((key) => isSecret(provider, key));
  return { settings, configured, fault: broken ?? (outcome instanceof Fault ? outcome : null) };
}

function outcomeOf(choice: Choice): Settled | Fault {
  try {
    return settle(choice);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function isSecret(provider: Provider, key: string): boolean {
  return provider.settings[key]?.kind === 'secret';
}

function previewed(provider: Provider, key: string, found: Found | null, world: Surroundings): Previewed | null {
  const byDefault = isSecret(provider, key) ? undefined : provider.settings[key]?.default;
  if (found === null) return byDefault === undefined ? null : { value: byDefault, absent: false, origin: builtIn };
  const isShown = !isSecret(provider, key) && found.raw.kind === 'literal';
  const value = isShown ? found.raw.value.reveal() : null;
  return { value, absent: isAbsent(found, world), origin: found.origin };
}

/** As far as can be told without reading or running anything. */
function isAbsent({ raw, file }: Found, world: Surroundings): boolean {
  if (raw.kind === 'variable') return (world.env[raw.name] ?? '') === '';
  if (raw.kind !== 'file' || file === null) return false;
  return !existsSync(resolve(dirname(file.path), inHome(raw.path, world.home)));
}
