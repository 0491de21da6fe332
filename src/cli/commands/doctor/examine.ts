import type { Configuration, Preview } from '../../../config/index.ts';
import { Fault } from '../../../core/fault.ts';
import type { Limits, Send } from '../../../core/http.ts';
import type { Provider } from '../../../core/provider.ts';
import type { TokenStore } from '../../../core/token-store.ts';
import { loadProviders } from '../../../providers/index.ts';
import type { World } from '../../../world.ts';
import { configurationFor } from '../../credentials.ts';
import { bad, type Finding, good, skipped } from './finding.ts';
import type { DoctorOptions } from './options.ts';
import { fileFindings, networkFindings } from './surroundings.ts';
import { tried } from './trial.ts';

export interface Instruments {
  readonly world: World;
  readonly send: Send;
  bounds(): Limits;
  tokensOf(provider: Provider): Promise<TokenStore | null>;
}

/** Everything that a look-up needs, one after the other, each finding as soon as it is known. */
export async function* examine(options: DoctorOptions, instruments: Instruments): AsyncGenerator<Finding> {
  const { world } = instruments;
  const configuration = await configurationFor(options, world);
  yield* fileFindings(configuration);
  yield* networkFindings(world);
  // The fault of a file is that of every provider, and was told.
  if (configuration.files.some(({ fault }) => fault !== null)) return;
  const profile = inUse(configuration);
  if (profile instanceof Fault) {
    yield bad({ topic: 'credentials', subject: 'profile' }, profile);
    return;
  }
  let configured = 0;
  for (const provider of Object.values(await loadProviders())) {
    const preview = configuration.preview(provider, {});
    if (preview.configured) configured += 1;
    yield* providerFindings(provider, preview, { configuration, instruments, profile });
  }
  const others = configuration.profiles.filter((name) => name !== profile);
  const elsewhere: Finding[] = [];
  for (const name of others) elsewhere.push(...(await profileFindings(name, options, world)));
  yield* elsewhere;
  if (configured === 0 && elsewhere.length === 0) yield nothingSetUp;
}

function inUse(configuration: Configuration): string | null | Fault {
  try {
    return configuration.profile()?.name ?? null;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

const nothingSetUp: Finding = {
  topic: 'credentials',
  subject: 'all',
  status: 'failed',
  message: 'no provider is set up',
  hint: 'run `sbstatus config init`, set the variables of `sbstatus sendblue get --help`, or try it with --mock',
  exit: 'config',
};

interface Scene {
  readonly configuration: Configuration;
  readonly instruments: Instruments;
  readonly profile: string | null;
}

async function* providerFindings(provider: Provider, preview: Preview, scene: Scene): AsyncGenerator<Finding> {
  const what = { topic: 'credentials', subject: nameOf(provider, scene.profile) } as const;
  if (!preview.configured && isMerelyMissing(preview)) {
    yield skipped(what, 'not set up');
    return;
  }
  if (preview.fault !== null) {
    yield bad(what, preview.fault);
    return;
  }
  try {
    const { settings, notes } = await scene.configuration.settingsOf(provider, {});
    yield good(what, ['complete', ...notes].join('; '));
    const { world, send, bounds, tokensOf } = scene.instruments;
    const tokens = await tokensOf(provider);
    yield* await tried({ provider, settings, send, clock: world.clock, tokens, bounds: bounds() });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    yield bad(what, error);
  }
}

/** Profiles that are not in use are looked at, not tried: trying would run their commands. */
async function profileFindings(profile: string, options: DoctorOptions, world: World): Promise<Finding[]> {
  const configuration = await configurationFor({ ...options, profile }, world);
  return Object.values(await loadProviders()).flatMap((provider) => {
    const preview = configuration.preview(provider, {});
    const what = { topic: 'credentials', subject: nameOf(provider, profile) } as const;
    if (!preview.configured && isMerelyMissing(preview)) return [];
    if (preview.fault !== null) return [bad(what, preview.fault)];
    return [good(what, `complete; try them with --profile ${profile}`)];
  });
}

function isMerelyMissing({ fault }: Preview): boolean {
  return fault === null || fault.code === 'credentials-missing';
}

function nameOf({ id }: Provider, profile: string | null): string {
  return profile === null ? id : `${id} (${profile})`;
}
