import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { providerIds } from '../../src/providers/index.ts';
import { runBy } from '../support/figures.ts';
import { run } from '../support/run.ts';
import { type Answer, startSendblue } from '../support/servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** Each sentence as a stranger would write it: short, active, the field's words. */

const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-sentences-'));
writeFileSync(join(cwd, 'list.yaml'), '- id: x\n');
writeFileSync(join(cwd, 'tab.yaml'), 'messages:\n\t- id: x\n');
writeFileSync(join(cwd, 'typo.yaml'), 'message:\n  - id: x\n');
writeFileSync(join(cwd, 'foreign.ndjson'), '{"a":1}\n');

type Row = readonly [command: string, code: number, stderr: string];

test.each<Row>([
  [
    'sendblue get . --mock',
    2,
    'error: "." is not a valid message id: the id is a path segment that leads to another address; hint: give the id as the provider gave it, in quotes where the shell might change it',
  ],
  [
    'sfmc get .. --mock',
    2,
    'error: ".." is not a valid message key: the id is a path segment that leads to another address; hint: give the id as the provider gave it, in quotes where the shell might change it',
  ],
  [
    'check foo --mock',
    2,
    'error: "foo" is not a valid ref: it has no colon; hint: write provider:id, such as sendblue:msg_abc123def456',
  ],
  [
    'sendblue get http-429 --mock --retries 0 -q',
    31,
    'error: Sendblue answered HTTP 429: Too Many Requests; retry after 1 s; hint: wait and ask again, or ask more slowly with --rate',
  ],
  ['sendblue get queued --mock', 21, 'still pending: queued; add --wait to keep checking'],
  ['sendblue get queued --mock --json', 21, 'still pending: queued; add --wait to keep checking'],
  [
    'sendblue get delivered --expect read --mock',
    21,
    'delivered so far, less than expected; add --wait to keep checking',
  ],
  [
    'sendblue get queued delivered --mock',
    21,
    'note: 2 messages: 1 delivered, 1 pending\n1 of 2 messages still pending (queued: queued); add --wait to keep checking',
  ],
  [
    'sendblue get queued delivered failed --mock -v',
    20,
    'note: 3 messages: 1 delivered, 1 failed, 1 pending; 1 × 10001: Message failed to send\n' +
      'error: 2 of 3 not ok (1 pending, 1 failed); failed: the message failed: Message failed to send, code 10001; hint: check that the number takes iMessage or SMS; sending the same again is not expected to help',
  ],
  [
    'sendblue get delivered not-found --mock -v --min-success 50%',
    24,
    'note: 2 messages: 1 delivered, 1 not-found; 1 × Sendblue answered HTTP 404: Message not found; 1 of 2 ok (at least 50%): passed\n' +
      'error: 1 of 2 not ok (1 not-found); not-found: Sendblue answered HTTP 404: Message not found; hint: ask with the message_handle, not a uuid, and with the keys of the account that sent it; if all that is right, try Sendblue’s other host (one may only redirect to the other): SENDBLUE_API_BASE_URL=https://api.sendblue.com',
  ],
  [
    'sendblue get failed delivered --mock --max-failed 1',
    0,
    'note: 2 messages: 1 delivered, 1 failed; 1 × 10001: Message failed to send; 1 failed (limit 1): passed',
  ],
  ['sendblue get delivered --mock --fields stat', 2, 'error: no record has a field "stat"; hint: did you mean state?'],
  ['decode sendblu', 2, 'error: no provider "sendblu"; hint: did you mean sendblue?'],
  ['explain 129', 2, `error: unknown code set "129"; hint: choose one of ${providerIds.join(', ')}, exit, sbstatus`],
  [
    'sendblue get x --mock --timeout 0s',
    2,
    "error: option '--timeout <duration>' argument '0s' is invalid: must be greater than 0: 500ms, 10s, 5m; hint: add --help to the command to see what it takes",
  ],
  [
    'sendblue list --since yesterday --mock',
    2,
    'error: "yesterday" is not a valid time for --since; hint: give an age such as 2h or 7d, a date such as 2026-03-11, or RFC 3339 such as 2026-03-11T09:30:00Z',
  ],
  [
    'sendblue get x --mock --resume /dev/null',
    2,
    'error: cannot use /dev/null: not a regular file; hint: check the path of --resume',
  ],
  [
    'sendblue get x --mock --resume foreign.ndjson',
    2,
    'error: line 1 of FOLDER/foreign.ndjson is not an sbstatus record, so nothing was changed; hint: name the NDJSON output of an earlier run, or a new file',
  ],
  [
    'check --manifest list.yaml --mock',
    2,
    'error: list.yaml, line 1: the file must be a mapping with the key messages, not a list; hint: correct the file; sbstatus schema manifest tells what it may hold',
  ],
  [
    'check --manifest tab.yaml --mock',
    2,
    'error: tab.yaml, line 2: invalid YAML: tabs cannot indent; hint: correct the file; sbstatus schema manifest tells what it may hold',
  ],
  [
    'check --manifest typo.yaml --mock',
    2,
    'error: typo.yaml, line 1: messages is missing; line 1: message is not a known key, did you mean messages? hint: correct the file; sbstatus schema manifest tells what it may hold',
  ],
])('%s', async (command, code, stderr) => {
  const outcome = await run(command.split(' '), { cwd });
  expect([outcome.code, outcome.stderr.replaceAll(cwd, 'FOLDER')]).toEqual([code, `${stderr}\n`]);
});

test('an empty input, an empty list, no events', async () => {
  expect((await run(['sendblue', 'get', '-', '--mock', '--allow-empty'])).stderr).toBe('note: no ids in the input\n');
  const none = ['sendblue', 'list', '--mock', '--to', '+15550109999'];
  expect((await run(none)).stderr).toBe('note: no messages matched\n');
  expect((await run(['decode', 'sendblue'])).stderr).toBe('note: no events in the input\n');
});

/** Sendblue by a clock that stands still while it is asked. */
async function runAgainst(answer: Answer, argv: readonly string[]) {
  const clock = steppedClock();
  const { env } = await startSendblue({ clock, answer });
  return runBy(clock, argv, { env });
}

test('a wait that comes to its end is no error', async () => {
  const limit = ['--wait', '--timeout', '9s'];
  const { code, stderr } = await runAgainst(() => 'QUEUED', ['sendblue', 'get', 'a', ...limit]);
  expect([code, stderr]).toEqual([
    22,
    expect.stringMatching(
      /\nnote: a: queued; checking again in 2 s\nstill queued when the time was up; raise --timeout, or look again later\n$/,
    ),
  ]);
  const { stderr: batch } = await runAgainst(() => 'QUEUED', ['sendblue', 'get', 'a', 'b', ...limit]);
  expect(batch).toContain(
    '\n2 of 2 messages still pending when the time was up (a: queued); raise --timeout, or look again later\n',
  );
  expect(batch).not.toContain('error:');
});

test('an id that is not there yet, while it is waited for', async () => {
  const absent = () => ({ status: 404, body: 'Message not found' });
  const argv = ['sendblue', 'get', 'a', '--wait', '--not-found-grace', '4s'];
  const { code, stderr } = await runAgainst(absent, argv);
  expect([code, stderr]).toEqual([24, expect.stringContaining('note: a: not found yet; checking again in 2 s\n')]);
});

test('a run that is interrupted says where its records are, and how to continue', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-interrupted-'));
  const argv = ['sendblue', 'get', 'delivered', 'queued', 'sent', '--wait', '--mock', '--resume', 'r.ndjson'];
  let interrupt = (): void => undefined;
  const { code, stderr } = await run(argv, {
    cwd: folder,
    speed: 20,
    onStart: (signal) => {
      interrupt = () => signal('SIGINT');
    },
    onStderr: (text) => text.includes('sent: sent') && interrupt(),
  });
  expect(code).toBe(130);
  expect(stderr.split('\n').at(-2)).toBe(
    'interrupted: 3 records are in r.ndjson; run the same command again to continue',
  );
});

test('on the card', async () => {
  const columns = 90;
  const masked = await run(['sendblue', 'get', 'delivered', '--mock', '--redact', '--no-color'], { columns });
  expect(masked.stdout).toContain('masked personal data; --reveal shows it');
  const failed = await run(['sendblue', 'get', 'failed', '--mock', '--no-color'], { columns });
  expect(failed.stdout).toContain('  10001: Message failed to send\n  → check that the number takes iMessage or SMS');
  const limited = await run(['sendblue', 'get', 'http-429', '--mock', '--retries', '0', '--no-color'], { columns });
  expect(limited.stdout).toContain('; retry after 1 s');
});
