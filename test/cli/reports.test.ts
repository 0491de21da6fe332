import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { run, type Setting } from '../support/run.ts';

const schema = readFileSync(new URL('../fixtures/junit/junit.xsd', import.meta.url), 'utf8');

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-reports-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What xmllint has against a document. */
async function complaints(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'report.xml', contents: xml }, schema });
  return errors.map(({ message }) => message);
}

const reportFlags = ['--junit', 'junit.xml', '--markdown', 'report.md', '--github'];

async function reported(argv: readonly string[], stdin?: NonNullable<Setting['stdin']>) {
  const cwd = newFolder();
  const env = { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'), GITHUB_OUTPUT: join(cwd, 'output') };
  const outcome = await run([...argv, ...reportFlags, '--mock'], {
    cwd,
    env,
    ...(stdin === undefined ? {} : { stdin }),
  });
  const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
  return {
    ...outcome,
    cwd,
    junit: read('junit.xml'),
    markdown: read('report.md'),
    summary: read('summary.md'),
    outputs: read('output'),
  };
}

const ten = `
messages:
  - { provider: sendblue, id: delivered-1, name: "plain" }
  - { provider: sendblue, id: failed-2, name: "a <b> & \\"c\\" ]]> 'd'" }
  - { provider: sendblue, operation: status, id: queued-3, name: "two\\nlines\\tand a tab" }
  - { provider: sendblue, id: unknown-4, name: "emoji 👩‍👩‍👧 and ünïcode" }
  - { provider: sent, id: delivered-5, expect: read, channel: sms, name: "| a | pipe | \`code\` [link](https://evil.example)" }
  - { provider: sent, id: not-found-6, name: "\\u001b[31mred\\u0007 \\u0000 \\u202egnirts" }
  - { provider: sent, id: http-503-7, name: "::error::a command %0A" }
  - { provider: sfmc, id: bcX0qaEp0USGciEnUJTW0w }
  - { provider: sfmc, id: "code-16-<x>]]>\\n8" }
  - { provider: sfmc, id: http-403-9 }
`;

/** What each of them ends with, by hand. */
const exits = [
  'ok',
  'failed',
  'pending',
  'unknown-status',
  'expect-mismatch',
  'not-found',
  'provider-unavailable',
  'ok',
  'failed',
  'auth',
];
const kinds = ['passed', 'failure', 'failure', 'failure', 'failure', 'failure', 'error', 'passed', 'failure', 'error'];

test('table, NDJSON, JUnit, Markdown and annotations tell the same of ten messages', async () => {
  const argv = ['check', '-m', '-', '--retries', '0'];
  const table = await reported(argv, ten);
  const ndjson = await reported([...argv, '-o', 'ndjson'], ten);
  const records = ndjson.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.map(({ exit }) => exit.name)).toEqual(exits);
  expect([table.code, ndjson.code]).toEqual([20, 20]);
  expect(
    table.stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t')[4]),
  ).toEqual(['0', '20', '21', '25', '23', '24', '32', '0', '20', '40']);
  expect(kindsIn(table.junit)).toEqual(kinds);
  expect(table.junit).toContain('<testsuites tests="10" failures="6" errors="2"');
  expect(symbolsIn(table.markdown)).toEqual(['❌', '⏳', '❌', '❌', '❌', '⚠️', '❌', '⚠️', '✅', '✅']);
  expect(table.markdown).toMatch(/^## ❌ sbstatus: failed \(exit code 20\)\n\n10 messages: 2 ok, 2 failed, 1 pending,/);
  expect(table.summary).toBe(table.markdown);
  expect(levelsIn(table.stderr)).toEqual([...Array(7).fill('error'), 'warning']);
  expect(table.outputs).toBe('state=failed\noutcome=failure\nexit-code=20\n');
});

/** What each test case came to, in order. */
function kindsIn(junit: string): string[] {
  return junit
    .split('<testcase ')
    .slice(1)
    .map((text) => /<(failure|error|skipped) /.exec(text)?.[1] ?? 'passed');
}

function symbolsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^\| (✅|❌|⏳|⚠️) \|/gm)].map(([, symbol]) => symbol ?? '');
}

function levelsIn(stderr: string): string[] {
  return [...stderr.matchAll(/^::(error|warning) title=/gm)].map(([, level]) => level ?? '');
}

test('the JUnit report is valid, and names and ids of every kind survive in it', async () => {
  const { junit } = await reported(['check', '-m', '-', '--retries', '0'], ten);
  expect(await complaints(junit)).toEqual([]);
  const names = [...junit.matchAll(/<testcase name="([^"]*)"/g)].map(([, name]) => name);
  expect(names).toEqual([
    'plain',
    `a &lt;b&gt; &amp; &quot;c&quot; ]]&gt; 'd'`,
    'two⏎lines␉and a tab',
    'emoji 👩‍👩‍👧 and ünïcode',
    '| a | pipe | `code` [link](https://evil.example)',
    '␛[31mred␇ ␀ \\u202egnirts',
    '::error::a command %0A',
    'sfmc get bcX0qaEp0USGciEnUJTW0w',
    'sfmc get code-16-&lt;x&gt;]]&gt;⏎8',
    'sfmc get http-403-9',
  ]);
  expect(junit).toContain('\nid: code-16-&lt;x&gt;]]&gt;⏎8\n');
});

test('the schema of the test refuses what it must', async () => {
  const { junit } = await reported(['sent', 'get', 'delivered']);
  expect(await complaints(junit)).toEqual([]);
  expect(await complaints(junit.replace('tests="1"', 'tests="one"'))).not.toEqual([]);
  expect(await complaints(junit.replace('<testcase', '<test'))).not.toEqual([]);
  expect(await complaints(junit.replace(/ timestamp="[^"]*"/, ''))).not.toEqual([]);
});

test('nothing in a name or an id is markup in the Markdown report', async () => {
  const { markdown } = await reported(['check', '-m', '-', '--retries', '0'], ten);
  const rows = markdown.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  expect(rows).toHaveLength(11);
  for (const row of rows) {
    expect(row.split('|')).toHaveLength(7);
    expect(row.replace(/<br>|<\/?code>/g, '')).not.toMatch(/[<>`[\]]|https:\/\//);
  }
  expect(markdown).toContain('a &#60;b&#62; &#38; "c" &#93;&#93;&#62; \'d\'<br>sendblue get <code>failed-2</code>');
  expect(markdown).toContain('two⏎lines␉and a tab');
  expect(markdown).toContain('emoji 👩‍👩‍👧 and ünïcode');
});

test('an annotation is one line, whatever the name holds', async () => {
  const { stderr } = await reported(['check', '-m', '-', '--retries', '0'], ten);
  expect(stderr).toContain('::error title=%3A%3Aerror%3A%3Aa command %250A::Sent answered HTTP 503');
  expect(stderr).toContain('::warning title=two⏎lines␉and a tab::still pending: queued; add --wait');
  for (const line of stderr.trim().split('\n'))
    expect(line).toMatch(/^(::(error|warning) title=|note: 10 messages: |error: )/);
});

test('at most ten annotations of each level, since GitHub shows no more', async () => {
  const ids = (name: string) => Array.from({ length: 12 }, (_, i) => `${name}-${i}`);
  const { stderr } = await reported(['sendblue', 'get', ...ids('failed'), ...ids('queued')]);
  expect(levelsIn(stderr)).toEqual([...Array(10).fill('error'), ...Array(10).fill('warning')]);
});

test.each([
  [[], 'failure', 'failures="1" errors="0" skipped="0"'],
  [['--junit-pending', 'failure'], 'failure', 'failures="1" errors="0" skipped="0"'],
  [['--junit-pending', 'skipped'], 'skipped', 'failures="0" errors="0" skipped="1"'],
])('a pending message with %j is a %s', async (flags, kind, counts) => {
  const { code, junit } = await reported(['sendblue', 'get', 'queued', ...flags]);
  expect(code).toBe(21);
  expect(kindsIn(junit)).toEqual([kind]);
  expect(junit).toContain(counts);
  expect(await complaints(junit)).toEqual([]);
});

test('an id that could not be read is an error', async () => {
  const { code, junit, outputs } = await reported(['check', '-'], 'nonsense\n');
  expect(code).toBe(2);
  expect(kindsIn(junit)).toEqual(['error']);
  expect(outputs).toBe('state=\noutcome=\nexit-code=2\n');
  expect(await complaints(junit)).toEqual([]);
});

test('no message at all is a valid report too', async () => {
  const { code, junit, markdown, outputs } = await reported(['check', '-', '--allow-empty'], '');
  expect(code).toBe(0);
  expect(await complaints(junit)).toEqual([]);
  expect(markdown).toBe('## ✅ sbstatus: ok (exit code 0)\n\n0 messages\n\n');
  expect(outputs).toBe('state=\noutcome=\nexit-code=0\n');
});

test('what is asked for one id is reported with -q too, and says nothing of people', async () => {
  const { stdout, junit, markdown, outputs, stderr } = await reported(['sendblue', 'get', 'delivered', '-q']);
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  expect(kindsIn(junit)).toEqual(['passed']);
  expect(outputs).toBe('state=delivered\noutcome=success\nexit-code=0\n');
  expect(`${junit}${markdown}`).not.toContain('+1');
});

test('an interrupted run does not look good', async () => {
  const cwd = newFolder();
  let interrupt = (): void => undefined;
  const { code } = await run(
    ['sendblue', 'get', 'delivered', 'queued', '--wait', '--mock', '--junit', 'junit.xml', '-o', 'ndjson'],
    {
      cwd,
      onStart: (signal) => {
        interrupt = () => signal('SIGINT');
      },
      onStderr: (text) => {
        if (text.includes('queued: queued')) interrupt();
      },
    },
  );
  const junit = readFileSync(join(cwd, 'junit.xml'), 'utf8');
  expect(code).toBe(130);
  expect(kindsIn(junit)).toContain('error');
  expect(await complaints(junit)).toEqual([]);
});

test('what a gate forgives is no failure in any report', async () => {
  const ids = ['delivered', 'read', 'failed', 'queued'];
  const { code, junit, markdown, stderr, outputs } = await reported([
    'sendblue',
    'get',
    ...ids,
    '--min-success',
    '50%',
  ]);
  expect(code).toBe(0);
  expect(kindsIn(junit)).toEqual(['passed', 'passed', 'skipped', 'skipped']);
  expect(junit).toContain('failures="0" errors="0" skipped="2"');
  expect(await complaints(junit)).toEqual([]);
  expect(markdown).toMatch(/^## ✅ sbstatus: ok \(exit code 0\)/);
  expect(levelsIn(stderr)).toEqual(['warning', 'warning']);
  expect(outputs).toBe('state=delivered\noutcome=success\nexit-code=0\n');
});

test('a run that ends badly without any message is a test case of its own', async () => {
  const { code, junit, outputs } = await reported(['check', '-', '--wait', '--timeout', '50ms'], endless());
  expect(code).toBe(22);
  expect(junit).toContain('<testcase name="the run as a whole"');
  expect(kindsIn(junit)).toEqual(['error']);
  expect(await complaints(junit)).toEqual([]);
  expect(outputs).toBe('state=\noutcome=\nexit-code=22\n');
});

async function* endless(): AsyncGenerator<string> {
  yield '\n';
  await new Promise(() => undefined);
}

test('summary and outputs are added to what is there, reports replace it', async () => {
  const cwd = newFolder();
  const env = { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'), GITHUB_OUTPUT: join(cwd, 'output') };
  for (const name of ['summary.md', 'output', 'report.md']) writeFileSync(join(cwd, name), 'before\n');
  await run(['sent', 'get', 'delivered', '--mock', '--github', '--markdown', 'report.md'], { cwd, env });
  expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toMatch(/^before\n## ✅/);
  expect(readFileSync(join(cwd, 'output'), 'utf8')).toMatch(/^before\nstate=delivered\n/);
  expect(readFileSync(join(cwd, 'report.md'), 'utf8')).toMatch(/^## ✅/);
  expect(readdirSync(cwd).sort()).toEqual(['output', 'report.md', 'summary.md']);
});

test.each([
  ['nothing', 0, /^## ❌ sbstatus: failed.*100 messages: 100 failed.*failed-99<\/code>/s],
  ['much', 1_040_000, /^x+## ❌ sbstatus: failed.*100 messages: 100 failed.*… and \d+ more\n$/s],
  [
    'so much that only a verdict is left',
    1024 * 1024 - 200,
    /^x+## ❌ .*100 messages: 100 failed\n+… and 100 more\n$/s,
  ],
  ['all that GitHub takes', 1024 * 1024 - 20, /^x+$/],
])(
  'a summary that holds %s before stays below the mebibyte that GitHub takes of a step',
  async (_, before, content) => {
    const cwd = newFolder();
    const env = { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'), GITHUB_OUTPUT: join(cwd, 'output') };
    writeFileSync(env.GITHUB_STEP_SUMMARY, 'x'.repeat(before));
    const ids = Array.from({ length: 100 }, (_, i) => `failed-${i}`);
    const { code, stderr } = await run(['sendblue', 'get', ...ids, '--mock', '-q', '--github'], { cwd, env });
    expect(code).toBe(20);
    expect(stderr.includes('summary.md is full, so nothing is added')).toBe(content.source === '^x+$');
    const text = readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8');
    expect(content.test(text), text.slice(-300)).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
  },
);

test('outside of GitHub Actions --github says what it does not write', async () => {
  const { code, stderr } = await run(['sent', 'get', 'delivered', '--mock', '--github']);
  expect(code).toBe(0);
  expect(stderr).toBe(
    'note: GITHUB_STEP_SUMMARY is not set, so nothing is written there\nnote: GITHUB_OUTPUT is not set, so nothing is written there\n',
  );
});

test.each([
  [['--junit', 'folder'], 'it is a folder'],
  [['--markdown', 'absent/report.md'], '(ENOENT)'],
  [['--junit', 'file/report.xml'], '(ENOTDIR)'],
])('%j is refused before anything is asked', async (flags, why) => {
  const cwd = newFolder();
  mkdirSync(join(cwd, 'folder'));
  writeFileSync(join(cwd, 'file'), '');
  const { code, stdout, stderr } = await run(['sent', 'get', 'delivered', '--mock', ...flags], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('error: cannot write ');
  expect(stderr).toContain(why);
});

test('a disk that is full is said, and the answer is there all the same', async () => {
  const { code, stdout, stderr } = await run([
    'sent',
    'get',
    'delivered',
    '--mock',
    '--junit',
    '/dev/full',
    '--field',
    'state',
  ]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'delivered\n' });
  expect(stderr).toBe(
    'error: /dev/full could not be written (ENOSPC); hint: check the disk and the permissions there\n',
  );
});
