import { type Configuration, describe, fixedSettings, loadConfiguration } from '../config/index.ts';
import type { Provider } from '../core/provider.ts';
import type { Settings } from '../core/settings.ts';
import { loadProviders } from '../providers/index.ts';
import type { World } from '../world.ts';

/** Where a run's credentials come from. */
export interface Credentials {
  /** `profile`: in place of the one that the command line names. Throws a fault, such as the reason of the run's end. */
  settingsOf(provider: Provider, profile?: string): Promise<Settings>;
  close(): Promise<void>;
}

export interface CredentialOptions {
  readonly config: string | null;
  readonly profile: string | null;
  /** Values of the providers' own flags, by setting. */
  readonly settings: Readonly<Record<string, string>>;
  readonly verbose?: boolean;
}

/** Whoever tells the user what is being used. */
export interface Notices {
  note(text: string): Promise<void>;
  warning(text: string): Promise<void>;
}

/** What files and environment say, under the options of every command. */
export function configurationFor(
  options: Pick<CredentialOptions, 'config' | 'profile'>,
  world: World,
): Promise<Configuration> {
  return loadConfiguration({
    world,
    providers: loadProviders,
    configFile: options.config ?? world.env['SBSTATUS_CONFIG'] ?? null,
    profile: options.profile ?? world.env['SBSTATUS_PROFILE'] ?? null,
  });
}

/** From flags, environment and files; read once, and only when somebody asks. `signal`: the end of the run. */
export function configuredCredentials(
  options: CredentialOptions,
  world: World,
  notices: Notices,
  signal: AbortSignal,
): Credentials {
  const loading = new Map<string | null, Promise<Configuration>>();
  return {
    settingsOf: async (provider, named) => {
      const profile = named ?? options.profile ?? world.env['SBSTATUS_PROFILE'] ?? null;
      const first = loading.size === 0;
      const loaded = loading.get(profile) ?? configurationFor({ ...options, profile }, world);
      loading.set(profile, loaded);
      const configuration = await loaded;
      if (first) for (const note of configuration.notes) await notices.warning(note);
      const { settings, notes, origins } = await configuration.settingsOf(provider, options.settings, signal);
      for (const note of notes) await notices.note(note);
      if (options.verbose === true) {
        for (const [key, origin] of origins) await notices.note(`${provider.id}.${key} is from ${describe(origin)}`);
      }
      return settings;
    },
    close: async () => undefined,
  };
}

/** From a mock server that lives as long as the run. */
export function mockCredentials(options: CredentialOptions, world: World): Credentials {
  let starting: Promise<import('../mock/server.ts').MockServer> | null = null;
  const start = async () => {
    const { startMock } = await import('../mock/server.ts');
    return startMock({ providers: await loadProviders(), host: '127.0.0.1', port: 0, clock: world.clock });
  };
  return {
    settingsOf: async (provider) => {
      starting ??= start();
      const values = { ...(await starting).settingsOf(provider.id), ...options.settings };
      return fixedSettings(provider, values);
    },
    close: async () => (await starting)?.close(),
  };
}
