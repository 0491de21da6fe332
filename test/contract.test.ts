import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { doubtId, unwrapId } from '../src/cli/command-line.ts';
import { Fault } from '../src/core/fault.ts';
import { resultSchema } from '../src/core/record.ts';
import { Settings } from '../src/core/settings.ts';
import { startMock } from '../src/mock/server.ts';
import { loadProviders } from '../src/providers/index.ts';
import { unknownFields } from '../src/render/fields.ts';
import { realClock } from '../src/world.ts';
import { run } from './support/run.ts';

const providers = await loadProviders();

/** What every entry of the registry must keep, a new one too; see docs/adding-a-provider.md. */
describe.each(Object.entries(providers))('the provider %s', (key, provider) => {
  const settings = Object.entries(provider.settings);
  const operations = Object.entries(provider.operations);

  test('is registered under its own id, a plain word', () => {
    expect(provider.id).toBe(key);
    expect(key).toMatch(/^[a-z][a-z0-9]*$/);
  });

  test('has the operation `get`, which `check`, manifests and hints mean where none is named', () => {
    expect(provider.operations).toHaveProperty('get');
    if (provider.bulk !== undefined) expect(provider.operations).toHaveProperty(provider.bulk.operation);
  });

  test('declares settings that hang together', () => {
    for (const [, setting] of settings) {
      for (const env of setting.env) expect(env).toMatch(/^[A-Z][A-Z0-9_]*$/);
      expect(setting.what).not.toMatch(/^$|\.$/);
      expect(setting.flag ?? '--none').toMatch(setting.kind === 'secret' ? /^--none$/ : /^--[a-z-]+$/);
    }
    const keys = provider.credentials.flatMap((set) => set.keys);
    for (const name of keys) expect(provider.settings[name]?.kind).toBe('secret');
    for (const name of provider.credentials.flatMap(({ needs = [] }) => needs.flat())) {
      expect(provider.settings).toHaveProperty(name);
    }
  });

  test('shares no environment name with another provider', () => {
    const others = Object.values(providers).filter((other) => other !== provider);
    const taken = others.flatMap((other) => Object.values(other.settings).flatMap(({ env }) => env));
    for (const [, { env }] of settings) for (const name of env) expect(taken).not.toContain(name);
  });

  test('shares no flag with another provider: `check` has those of all', () => {
    const flagsOf = (one: typeof provider) => Object.values(one.settings).flatMap(({ flag = null }) => flag ?? []);
    const others = Object.values(providers).filter((other) => other !== provider);
    for (const flag of flagsOf(provider)) expect(others.flatMap(flagsOf)).not.toContain(flag);
  });

  test('is told by the help, with every environment name and an example that works', async () => {
    expect((await run(['--help'])).stdout).toContain(provider.title);
    for (const [name, operation] of operations) {
      const { code, stdout } = await run([key, name, '--help']);
      expect(code).toBe(0);
      for (const [, { env }] of settings) if (env[0] !== undefined) expect(stdout).toContain(env[0]);
      expect(stdout).toContain(`sbstatus ${key} ${name} ${operation.example} --mock`);
      const { stdout: record } = await run([key, name, operation.example, '--mock', '--json']);
      expect(JSON.parse(record)).toMatchObject({ error: null, mock: true });
    }
  });

  test('names all that is missing when there are no credentials, and asks nobody', async () => {
    for (const [name] of operations) {
      const { code, stdout } = await run([key, name, 'x', '--json']);
      const { error, request } = JSON.parse(stdout);
      expect([code, error.code, request]).toEqual([41, 'credentials-missing', null]);
      for (const { keys } of provider.credentials) {
        for (const secret of keys) {
          expect(error.message).toContain(provider.settings[secret]?.env[0]);
          expect(error.message).toContain(`${key}.${secret}`);
        }
      }
    }
  });

  test('answers every documented mock id with a record of the schema', async () => {
    const { ids } = await provider.mock();
    expect(ids.length).toBeGreaterThan(5);
    for (const { id, operation, means } of ids) {
      expect(provider.operations, `${id}: ${means}`).toHaveProperty(operation);
      const { code, stdout } = await run([key, operation, '--mock', '--json', '--retries', '0', '--', id]);
      const record = JSON.parse(stdout);
      expect(v.safeParse(resultSchema, record).issues, `${id}: ${means}`).toBeUndefined();
      expect([id, record.exit.code]).toEqual([id, code]);
      expect([id, unknownFields(pathsBelow(record.details, 'details'), [provider.details])]).toEqual([id, []]);
      expect([0, 20, 21, 24, 25, 26, 31, 32, 40, 41, 42]).toContain(code);
    }
  });

  test('takes half of a good answer for no answer', async () => {
    for (const [name] of operations) {
      const { code, stdout } = await run([key, name, 'truncated', '--mock', '--json', '--retries', '0']);
      expect([name, code, JSON.parse(stdout).error.code]).toEqual([name, 42, 'not-json']);
    }
  });

  test('lets a message move until it is final', async () => {
    for (const [name] of operations) {
      const flags = ['--mock', '--wait', '--json', '--timeout', '10m'];
      const moving = await run([key, name, 'moving', ...flags], { speed: 1000 });
      expect([name, moving.code, JSON.parse(moving.stdout).terminal]).toEqual([name, 0, true]);
      const failing = await run([key, name, 'failing', ...flags], { speed: 1000 });
      expect([name, failing.code, JSON.parse(failing.stdout).state]).toEqual([name, 20, 'failed']);
    }
  });

  test('refuses wrong credentials as the provider does, and does not repeat them', async () => {
    const server = await mockServer();
    const values = server.settingsOf(key);
    const wrong = 'wrong-credential-0123456789';
    const env = Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const setting = provider.settings[name];
        return [setting?.env[0] ?? name, setting?.kind === 'secret' ? wrong : value];
      }),
    );
    for (const [name] of operations) {
      const outcome = await run([key, name, 'delivered', '--json', '--debug'], { env });
      expect([name, outcome.code]).toEqual([name, 40]);
      expect(outcome.stdout + outcome.stderr).not.toContain(wrong);
    }
    await server.close();
  });

  test('sends any id that is allowed through the URL and back, unchanged', async () => {
    const asked: string[] = [];
    const server = await mockServer((line) => void (line.includes('token') || asked.push(line)));
    const env = Object.fromEntries(
      Object.entries(server.settingsOf(key)).map(([name, value]) => [provider.settings[name]?.env[0] ?? name, value]),
    );
    for (const [name, operation] of operations) {
      const anything = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
      const ids = fc.sample(
        operation.anyCharacter ? anything : anything.filter((id) => id.trim() === id && !hasControls(id)),
        40,
      );
      const isClear = (id: string) => operation.anyCharacter === true || doubtId(unwrapId(id), provider) === null;
      const allowed = ids.filter((id) => id !== '.' && id !== '..' && id !== '-' && id.isWellFormed() && isClear(id));
      const { stdout } = await run([key, name, '-o', 'ndjson', '--rate', 'off', '--', ...allowed], { env });
      const records = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(records.map(({ id }) => id)).toEqual([...new Set(allowed)]);
      const wanted = allowed.map((id) => {
        const { path, query = {} } = operation.target(id);
        return JSON.stringify([...path, ...Object.values(query)]);
      });
      expect(new Set(asked.map(partsOf))).toEqual(new Set(wanted));
      asked.length = 0;
    }
    await server.close();
  });

  test('has a catalogue whose entries are complete and unique', () => {
    const codes = provider.codes.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const { meaning, hint } of provider.codes) {
      expect(meaning).toMatch(/\S{3}/);
      expect(hint).toMatch(/\S{3}/);
    }
  });

  test('turns arbitrary bodies into faults, never into bugs or successes', async () => {
    const none = new Settings(new Map());
    const decode = await provider.decoder();
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        for (const [, operation] of operations)
          expect(outcomeOf(() => operation.read(body, { id: 'x', settings: none }))).toBe('fault');
        expect(outcomeOf(() => decode(body, none).finding)).toBe('fault');
      }),
    );
  });

  test('makes no success of a failure in which one value is another: a word that nobody knows is unknown', async () => {
    const none = new Settings(new Map());
    const { ids } = await provider.mock();
    const outcomes = new Set<string>();
    for (const { id, operation: name } of ids) {
      const { stdout } = await run([key, name, '--mock', '--json', '--raw', '--retries', '0', '--', id]);
      const { raw, outcome } = JSON.parse(stdout);
      const operation = provider.operations[name];
      if (outcome !== 'failure' || operation === undefined) continue;
      const paths = pathsIn(raw);
      const tryValue = (path: Path, value: unknown) => {
        const found = outcomeOf(() => operation.read(withValue(raw, path, value), { id, settings: none }));
        expect([path, value, found]).not.toEqual([path, value, 'success']);
        outcomes.add(found);
      };
      for (const path of paths) tryValue(path, 'Teleported');
      fc.assert(fc.property(fc.constantFrom(...paths), fc.jsonValue(), tryValue));
    }
    // The change was read, and not only refused.
    expect(outcomes).toContain('unknown');
    expect(outcomes).toContain('fault');
  });
});

/** What a reader makes of a body: an outcome, or a fault. Throws whatever else is thrown. */
function outcomeOf(read: () => { readonly status: { readonly outcome: string } }): string {
  try {
    return read().status.outcome;
  } catch (error) {
    if (error instanceof Fault) return 'fault';
    throw error;
  }
}

type Path = readonly string[];

/** Where a body holds a value, itself included. */
function pathsIn(body: unknown): Path[] {
  if (typeof body !== 'object' || body === null) return [[]];
  return [[], ...Object.entries(body).flatMap(([name, value]) => pathsIn(value).map((path) => [name, ...path]))];
}

function withValue(body: unknown, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value;
  const copy = structuredClone(body) as Record<string, unknown>;
  return Object.assign(copy, { [name]: withValue(copy[name], rest, value) });
}

function mockServer(log: (line: string) => void = () => undefined) {
  return startMock({ providers, host: '127.0.0.1', port: 0, clock: realClock, log });
}

/** The segments and the query's values of a logged request, each decoded once. */
function partsOf(line: string): string {
  const [path = '', query = ''] = (line.split(' ')[1] ?? '').split('?');
  const values = query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1));
  const parts = [...path.split('/').slice(2), ...(query === '' ? [] : values)];
  return JSON.stringify(parts.map(decodeURIComponent));
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** The paths of all values in objects; what is in lists has none. */
function pathsBelow(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsBelow(inner, `${path}.${name}`))];
}
