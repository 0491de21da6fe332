import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import { Fault } from '../../src/core/fault.ts';
import { providers, sfmc } from './providers.ts';
import { unending } from './scene.ts';

// Every value says which source it was put into, so that a pair of secret and address tells by itself whether it may be.

const secrets = ['clientId', 'clientSecret', 'accessToken'] as const;
const addresses = ['authUrl', 'restUrl'] as const;
const sources = ['env', 'project', 'user'] as const;
type Source = (typeof sources)[number];

const block = fc.record(
  {
    clientId: fc.constantFrom('literal', 'variable'),
    clientSecret: fc.constantFrom('literal', 'variable'),
    accessToken: fc.constantFrom('literal', 'variable'),
    authUrl: fc.constant('literal'),
    restUrl: fc.constant('literal'),
    subdomain: fc.constant('literal'),
  },
  { requiredKeys: [] },
);
const level = fc.constantFrom('top', 'default', 'chosen');
const file = fc.record({ block, level });
const world = fc.record({ env: block, project: file, user: file, profile: fc.boolean() });

type Block = typeof block extends fc.Arbitrary<infer T> ? T : never;
type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

function writtenAs(source: Source, key: string, form: string): string {
  if (form === 'variable') return `\${NAMED_${key.toUpperCase()}}`;
  if (key === 'subdomain') return `by-${source}`;
  return key.endsWith('Url') ? `https://${source}.example/` : `${source}-${key}`;
}

function written(source: Source, entries: Block): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([key, form]) => [key, writtenAs(source, key, form)]));
}

function fileText(source: Source, { block, level }: File): string {
  const sfmc = written(source, block);
  if (level === 'top') return JSON.stringify({ sfmc });
  const defaultProfile = level === 'default' ? { defaultProfile: 'chosen' } : {};
  return JSON.stringify({ ...defaultProfile, profiles: { chosen: { sfmc } } });
}

function environment(entries: Block): Record<string, string> {
  const named = Object.fromEntries(secrets.map((key) => [`NAMED_${key.toUpperCase()}`, `named-${key}`]));
  const own = Object.keys(entries).map((key) => [sfmc.settings[key]?.env[0] ?? '', writtenAs('env', key, 'literal')]);
  return { ...named, ...Object.fromEntries(own) };
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sbstatus-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a secret never meets an address from a project file that does not hold it, nor a secret from another source', async () => {
  const seen = { resolved: 0, refused: 0, fromProject: 0 };
  await fc.assert(
    fc.asyncProperty(world, async ({ env, project, user, profile }) => {
      writeFileSync(join(folder, '.sbstatusrc'), fileText('project', project), { mode: 0o600 });
      writeFileSync(join(folder, 'own.json'), fileText('user', user), { mode: 0o600 });
      const configuration = await loadConfiguration({
        world: {
          env: environment(env),
          cwd: folder,
          home: join(folder, 'home'),
          platform: 'linux',
          uid: process.getuid?.() ?? null,
          killGroup: () => undefined,
        },
        providers: async () => providers,
        configFile: 'own.json',
        profile: profile ? 'chosen' : null,
      });
      const resolved = await configuration.settingsOf(sfmc, {}, unending).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Fault);
        seen.refused += 1;
        return null;
      });
      if (resolved === null) return;
      seen.resolved += 1;
      const { settings, origins } = resolved;
      const values = secrets.flatMap((key) => settings.secret(key)?.reveal() ?? []);
      const hosts = addresses.flatMap((key) => settings.url(key)?.host ?? []);
      expect(values.length).toBeGreaterThan(0);
      if (hosts.includes('project.example')) {
        seen.fromProject += 1;
        expect(values.every((value) => value.startsWith('project-'))).toBe(true);
      }
      const literals = new Set(values.map((value) => value.split('-')[0]).filter((source) => source !== 'named'));
      expect(literals.size).toBeLessThanOrEqual(1);
      const holders = new Set(secrets.flatMap((key) => (origins.has(key) ? (origins.get(key)?.file ?? 'env') : [])));
      expect(holders.size).toBe(1);
      if (!profile) return;
      expect([...values, ...hosts, settings.text('subdomain') ?? ''].some((value) => /^(by-)?env/.test(value))).toBe(
        false,
      );
    }),
    { numRuns: 500 },
  );
  // The generator reaches what it is there for.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});
