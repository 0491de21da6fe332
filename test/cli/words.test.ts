import { expect, test } from 'vitest';
import { run } from '../support/run.ts';

type Row = readonly [word: string, state: string, outcome: string, exit: number];

/** Written by hand from the providers' facts, not derived from the code: the provider's word → our state, outcome and exit code. */
const sendblue: readonly Row[] = [
  ['REGISTERED', 'queued', 'pending', 21],
  ['PENDING', 'queued', 'pending', 21],
  ['QUEUED', 'queued', 'pending', 21],
  ['ACCEPTED', 'queued', 'pending', 21],
  ['SENT', 'sent', 'pending', 21],
  ['DELIVERED', 'delivered', 'success', 0],
  ['READ', 'read', 'success', 0],
  ['SUCCESS', 'sent', 'success', 0],
  ['RECEIVED', 'received', 'success', 0],
  ['DOWNGRADED', 'sent', 'success', 0],
  ['ERROR', 'failed', 'failure', 20],
  ['DECLINED', 'failed', 'failure', 20],
  ['FAILED', 'failed', 'failure', 20],
  ['TELEPORTED', 'unknown', 'unknown', 25],
];

const words: Readonly<Record<string, readonly Row[]>> = {
  'sendblue get': sendblue,
  'sendblue status': sendblue,
  'sent get': [
    ['ACCEPTED', 'queued', 'pending', 21],
    ['QUEUED', 'queued', 'pending', 21],
    ['PROCESSED', 'queued', 'pending', 21],
    ['ROUTED', 'queued', 'pending', 21],
    ['SCHEDULED', 'scheduled', 'pending', 21],
    ['SENT', 'sent', 'pending', 21],
    ['DELIVERED', 'delivered', 'success', 0],
    ['READ', 'read', 'success', 0],
    ['RECEIVED', 'received', 'success', 0],
    ['FAILED', 'failed', 'failure', 20],
    ['FILTERED', 'failed', 'failure', 20],
    ['BLOCKED', 'failed', 'failure', 20],
    ['CANCELLED', 'canceled', 'failure', 20],
    ['TELEPORTED', 'unknown', 'unknown', 25],
  ],
  'sfmc get': [
    ['TransactionalSendEvents.SMSQueued', 'queued', 'pending', 21],
    ['TransactionalSendEvents.SMSSent', 'sent', 'success', 0],
    ['TransactionalSendEvents.SMSNotSent', 'failed', 'failure', 20],
    ['SMSQueued', 'queued', 'pending', 21],
    ['TransactionalSendEvents.SMSTeleported', 'unknown', 'unknown', 25],
  ],
};

for (const [command, table] of Object.entries(words)) {
  test(`every word of ${command}, in upper, lower and mixed case`, async () => {
    const expected = table.flatMap(([word, ...rest]) =>
      [word.toUpperCase(), word.toLowerCase(), mixed(word)].map((spelling) => [`status-${spelling}`, ...rest]),
    );
    const ids = expected.map(([id]) => String(id));
    const { stdout } = await run([...command.split(' '), ...ids, '--mock', '-o', 'ndjson']);
    const seen = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ id, state, outcome, exit, providerState }) => {
        expect(id).toBe(`status-${providerState}`);
        return [id, state, outcome, exit.code];
      });
    expect(seen).toEqual(expected);
  });
}

test('a single word ends the process with its code', async () => {
  for (const [command, table] of Object.entries(words)) {
    for (const [word, , , code] of table) {
      const outcome = await run([...command.split(' '), `status-${word}`, '--mock', '-q']);
      expect([command, word, outcome]).toEqual([command, word, { code, stdout: '', stderr: '' }]);
    }
  }
});

test('sendblue: what the word alone does not tell', async () => {
  const ids = ['sms', 'downgraded', 'unresolved', 'rcs'];
  const { stdout } = await run([
    'sendblue',
    'get',
    ...ids,
    '--mock',
    '-o',
    'csv',
    '--fields',
    'id,state,outcome,terminal,exit.code',
  ]);
  expect(stdout.trim().split('\n').slice(1)).toEqual([
    'sms,sent,success,true,0',
    'downgraded,sent,success,true,0',
    'unresolved,unknown,unknown,false,25',
    'rcs,delivered,success,true,0',
  ]);
});

test('sfmc: a blackout is rescheduled by the provider, so it is not a failure', async () => {
  const { stdout, code } = await run(['sfmc', 'get', 'code-25', '--mock', '--field', 'state']);
  expect([stdout, code]).toEqual(['scheduled\n', 21]);
});

function mixed(word: string): string {
  return [...word].map((letter, i) => (i % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join('');
}
