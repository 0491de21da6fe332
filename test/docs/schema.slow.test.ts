import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { schemaNames } from '../../src/cli/commands/schema.ts';
import type { SchemaName } from '../../src/cli/commands/schema-run.ts';
import { tempHome } from '../support/home.ts';
import { run, type Setting } from '../support/run.ts';

const folder = new URL('../../docs/schema/', import.meta.url);

// `npm run docs` writes the files anew.
test.each(schemaNames)('docs/schema/%s.v1.json is what sbstatus schema prints', async (name) => {
  const { code, stdout, stderr } = await run(['schema', name]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `urn:sbstatus:schema:${name}:1`,
    title: expect.stringContaining('sbstatus'),
  });
  await expect(stdout).toMatchFileSnapshot(`../../docs/schema/${name}.v1.json`);
});

test('docs/schema holds nothing else', () => {
  expect(readdirSync(folder).sort()).toEqual(schemaNames.map((name) => `${name}.v1.json`).sort());
});

const delivered = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';
const broken = { SENDBLUE_API_API_KEY: 'schema-test-key' };

/** Command lines whose JSON a schema is for, and what they need. */
const printed: readonly [name: SchemaName, argv: readonly string[], setting?: Setting][] = [
  ['result', ['sent', 'get', delivered, '--mock', '--json', '--raw']],
  ['result', ['sent', 'get', delivered, '--mock', '--json', '--activities', '--redact']],
  ['result', ['sendblue', 'get', 'failed', '--mock', '--json']],
  ['result', ['sendblue', 'status', 'nosuch', '--mock', '--json']],
  ['result', ['sfmc', 'get', 'queued', '--mock', '-o', 'ndjson']],
  ['result', ['sendblue', 'get', 'x', '--json'], { env: broken }],
  ['result', ['decode', 'sfmc', '-o', 'ndjson'], { stdin: '{"eventCategoryType":"TransactionalSendEvents.SmsSent"}' }],
  ['report', ['check', 'sendblue:delivered', 'sent:failed', 'sfmc:queued', '--mock', '--json']],
  ['report', ['sendblue', 'list', '--mock', '--json', '--limit', '3']],
  ['error', ['sent', 'get', '--json']],
  ['error', ['sent', 'fetch', '--json']],
  ['error', ['check', '--manifest', '/dev/null/nosuch', '--json', '--mock']],
  ['explanation', ['explain', 'sfmc', '--json']],
  ['explanation', ['explain', 'sbstatus', '--json']],
  ['explanation', ['explain', 'sent', 'nosuch', '--json']],
  ['doctor', ['doctor', '--json']],
  ['doctor', ['doctor', '--mock', '--json']],
  ['doctor', ['doctor', '--json'], { env: broken }],
  ['config-show', ['config', 'show', '--json']],
  ['config-show', ['config', 'show', '--json'], { env: broken }],
  ['config-path', ['config', 'path', '--json']],
  ['config-path', ['config', 'path', '--json', '--all']],
  ['help', ['help', '--json']],
  ['help', ['help', 'sent', 'get', '--json']],
  ['exit-codes', ['help', 'exit-codes', '--json']],
  ['environment', ['help', 'environment', '--json']],
];

describe('a schema is that of what is printed', () => {
  test.each(printed.map(([name, argv, setting]) => ({ name, argv, setting })))(
    '$name: $argv',
    async ({ name, argv, setting }) => {
      const { home, cwd, write } = tempHome();
      write('project/.sbstatusrc', { profiles: { production: { sent: { baseUrl: 'https://api.sent.dm' } } } });
      const { stdout, stderr } = await run(argv, { home, cwd, ...setting });
      const text = name === 'error' ? stderr : stdout;
      const validate = await validatorOf(name);
      expect({ isValid: validate(JSON.parse(text)), errors: validate.errors, text }).toMatchObject({ isValid: true });
    },
  );
});

const read: readonly (readonly [SchemaName, string])[] = [
  ['config', readFileSync(new URL('../../.sbstatusrc.example', import.meta.url), 'utf8')],
  ['manifest', 'messages: [{ name: one, provider: sent, id: x, expect: [delivered, read] }]'],
];

test.each(read)('%s describes a file that is read', async (name, text) => {
  const validate = await validatorOf(name);
  expect({ isValid: validate(load(text)), errors: validate.errors }).toEqual({ isValid: true, errors: null });
});

test('there is a real text for every schema', () => {
  expect([...new Set([...printed, ...read].map(([name]) => name))].sort()).toEqual([...schemaNames].sort());
});

test.each(['report', 'error', 'doctor', 'explanation', 'config-show', 'help'] as const)(
  'a field that %s does not name is found',
  async (name) => {
    const validate = await validatorOf(name);
    expect(validate({ another: 1 })).toBe(false);
    expect(validate.errors?.map(({ keyword }) => keyword)).toEqual(
      expect.arrayContaining(['required', 'additionalProperties']),
    );
  },
);

/** Of a schema in which objects hold no more than it names: further fields are allowed to readers, not to us. */
async function validatorOf(name: SchemaName) {
  const schema = JSON.parse((await run(['schema', name])).stdout);
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  return ajv.compile(closed(schema) as object);
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)] as const);
  const isObject = 'type' in schema && schema.type === 'object' && 'properties' in schema;
  return { ...(isObject ? { additionalProperties: false } : {}), ...Object.fromEntries(entries) };
}
