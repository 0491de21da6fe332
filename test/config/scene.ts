import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Configuration, loadConfiguration, type Options, type Resolved } from '../../src/config/index.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Provider, Providers } from '../../src/core/provider.ts';
import { realWorld } from '../../src/world.ts';
import { providers } from './providers.ts';

interface Run {
  readonly env?: Readonly<Record<string, string>>;
  /** Below the scene's folder. */
  readonly cwd?: string;
  readonly profile?: string;
  readonly configFile?: string;
  readonly flags?: Readonly<Record<string, string>>;
  readonly world?: Partial<Options['world']>;
  readonly providers?: Providers;
}

/** Of a run that nobody ends. */
export const unending = new AbortController().signal;

export type Scene = ReturnType<typeof scene>;

/** A folder of its own with `home`, and a repository `home/project` in it. */
export function scene() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sbstatus-config-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'home/project/.git'), { recursive: true });
  const path = (name: string) => join(root, name);
  const load = (run: Run = {}): Promise<Configuration> =>
    loadConfiguration({
      world: {
        env: run.env ?? {},
        cwd: path(run.cwd ?? 'home/project'),
        home: path('home'),
        platform: 'linux',
        uid: process.getuid?.() ?? null,
        killGroup: realWorld().killGroup,
        ...run.world,
      },
      providers: async () => run.providers ?? providers,
      configFile: run.configFile ?? null,
      profile: run.profile ?? null,
    });
  return {
    path,
    load,
    write: (name: string, content: string | Uint8Array | object, mode = 0o600): string => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(
        path(name),
        typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
      );
      chmodSync(path(name), mode);
      return path(name);
    },
    link: (name: string, target: string): string => {
      mkdirSync(dirname(path(name)), { recursive: true });
      symlinkSync(target, path(name));
      return path(name);
    },
    settingsOf: async (provider: Provider, run: Run = {}): Promise<Resolved> =>
      (await load(run)).settingsOf(provider, run.flags ?? {}, unending),
    faultOf: async (provider: Provider, run: Run = {}): Promise<Fault> => {
      const outcome = await (await load(run))
        .settingsOf(provider, run.flags ?? {}, unending)
        .catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(Fault);
      return outcome as Fault;
    },
  };
}
