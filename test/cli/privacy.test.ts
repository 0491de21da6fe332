import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { MessageStatus } from '../../src/core/provider.ts';
import { Settings } from '../../src/core/settings.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { run, type Setting } from '../support/run.ts';

const providers = await loadProviders();

const ci = { env: { CI: 'true' } };
const person = '+18887776666';
const reference = ['sendblue', 'get', 'msg_abc123def456', '--mock', '--exit-zero'];

const note = 'note: personal data is masked; --reveal shows it\n';

async function get(args: readonly string[], setting: Setting = {}, stderr = '') {
  const outcome = await run([...reference, ...args], setting);
  expect(outcome).toMatchObject({ code: 0, stderr });
  return outcome.stdout;
}

test('what people read is masked in CI, and what programs read is not', async () => {
  expect(await get([])).toContain(person);
  expect(await get([], ci, note)).not.toContain(person);
  for (const no of ['', 'false', 'FALSE', '0']) expect(await get([], { env: { CI: no } })).toContain(person);
  for (const format of ['json', 'ndjson', 'csv']) expect(await get(['-o', format], ci)).toContain(person);
  expect(await get(['--field', 'to'], ci)).toBe(`${person}\n`);
});

test.each(['TF_BUILD', 'TEAMCITY_VERSION', 'JENKINS_URL'])(
  'where only %s tells that this is CI, it is masked too',
  async (name) => {
    expect(await get([], { env: { [name]: '1' } }, note)).not.toContain(person);
  },
);

test('--redact masks every format, --reveal none', async () => {
  for (const format of ['table', 'json', 'ndjson', 'csv']) {
    expect(await get(['-o', format, '--redact', '--raw'])).not.toContain(person);
    expect(await get(['-o', format, '--reveal'], ci)).toContain(person);
  }
  expect(await get(['--field', 'to', '--redact'])).toMatch(/^[0-9a-f]{6}\n$/);
});

test('both together are a contradiction', async () => {
  const { code, stdout, stderr } = await run([...reference, '--redact', '--reveal']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('--reveal');
});

test('a masked record says so, correlates, and keeps its verdict', async () => {
  const plain = JSON.parse(await get(['--json']));
  const hidden = JSON.parse(await get(['--json', '--redact']));
  expect(plain.redacted).toBe(false);
  expect(hidden).toMatchObject({ redacted: true, state: plain.state, exit: plain.exit, id: plain.id });
  expect(hidden.to).toMatch(/^[0-9a-f]{6}$/);
  expect(JSON.parse(await get(['--json', '--redact'])).to).toBe(hidden.to);
  expect(JSON.stringify(hidden.details)).toContain(hidden.to);
});

test('a masked card says how to see more', async () => {
  expect(await get([], { env: { CI: 'true', NO_COLOR: '1' }, columns: 100 }, note)).toMatch(
    /masked personal data; --reveal shows it/,
  );
  expect(await get([], { columns: 100 })).not.toContain('masked');
});

test.each([
  [['sendblue', 'get', 'failed']],
  [['sent', 'get', 'failed', '-o', 'json']],
  [['sfmc', 'get', 'opted-out', '-o', 'csv']],
  [['sfmc', 'get', 'not-found']],
])('the exit code does not depend on it: %s', async (args) => {
  const codes = [];
  for (const flag of ['--redact', '--reveal']) codes.push((await run([...args, '--mock', flag], ci)).code);
  expect(codes[0]).toBe(codes[1]);
});

test('the trace is masked in CI', async () => {
  const argv = ['sendblue', 'list', '--to', person, '--mock', '--debug', '-q'];
  const trace = async (setting?: Setting) => (await run(argv, setting)).stderr;
  expect(await trace()).toContain('%2B18887776666');
  expect(await trace(ci)).not.toContain('8887776666');
});

/** Values of the mock's own people, in every spelling that it uses. */
const people = /\+?1?(999888|888777|555555|415555)\d{4}|[\w.]+@[\w.]+\.\w+/;

test.each(Object.values(providers).map((provider) => [provider.id, provider] as const))(
  '%s: nobody is left in a masked record of any message that the mock knows',
  async (id, provider) => {
    const { ids } = await provider.mock();
    const known = ids.map((each) => each.id);
    for (const operation of Object.keys(provider.operations)) {
      const { stdout } = await run([id, operation, ...known, '--mock', '-o', 'ndjson', '--redact', '--raw']);
      const records = stdout.trimEnd().split('\n');
      expect(records).toHaveLength(new Set(known).size);
      expect(records.filter((line) => people.test(line))).toEqual([]);
    }
  },
);

test.each(Object.values(providers).map((provider) => [provider.id, provider] as const))(
  '%s: every private detail that it declares is one that it has',
  async (id, provider) => {
    const { ids } = await provider.mock();
    const names = new Set<string>();
    for (const operation of Object.keys(provider.operations)) {
      const known = ids.map((each) => each.id);
      const { stdout } = await run([id, operation, ...known, '--mock', '-o', 'ndjson']);
      for (const line of stdout.trimEnd().split('\n'))
        for (const name of Object.keys(JSON.parse(line).details)) names.add(name);
    }
    const decode = await provider.decoder();
    const folder = new URL(`../fixtures/${id}/`, import.meta.url);
    for (const file of readdirSync(folder)) {
      const event = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
      for (const name of detailsOf(() => decode(event, new Settings(new Map())).finding)) names.add(name);
    }
    const { values, sentences } = provider.privateDetails;
    for (const path of [...values, ...sentences]) expect([...names]).toContain(path.split('.')[0]);
  },
);

/** None for what is no event. */
function detailsOf(read: () => MessageStatus): string[] {
  try {
    return Object.keys(read().details);
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
