import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { behaviourNamed, startHostile } from '../support/hostile-server.ts';
import { screenOf } from './screen.ts';
import { ctrlC, ctrlD, openTerminal, type Terminal, type TerminalSetting } from './terminal.ts';

/** Somebody at a terminal who has waited long enough. */

const hideCursor = '\x1b[?25l';

const sendblue = (origin: string) => ({
  SENDBLUE_API_API_KEY: 'key-1',
  SENDBLUE_API_API_SECRET: 'secret-1',
  SENDBLUE_API_BASE_URL: origin,
});
const tokenless = (origin: string) => ({
  SFMC_CLIENT_ID: 'client-1',
  SFMC_CLIENT_SECRET: 'secret-1',
  SFMC_AUTH_BASE_URL: origin,
});

/** The environment for a server that takes every question and answers none. */
async function mute(envOf: (origin: string) => Record<string, string>): Promise<Record<string, string>> {
  const server = await startHostile(behaviourNamed('never-answers'));
  onTestFinished(server.close);
  return envOf(server.origin);
}

function open(argv: readonly string[], setting: TerminalSetting = {}): Terminal {
  return openTerminal([process.execPath, builtBin(), ...argv], setting);
}

/** How it ended, with the terminal in order: nothing hidden, no stack. */
async function end(terminal: Terminal): Promise<{ code: number; last: string }> {
  const { code, signal } = await terminal.ended;
  expect(signal).toBe(0);
  const text = terminal.text();
  expect(text).not.toMatch(/^ {4}at /m);
  // The cursor is never hidden, so that nothing can leave it so.
  expect(text).not.toContain(hideCursor);
  const { lines, deeds } = await screenOf(text, 80);
  expect(deeds).toEqual([]);
  return { code, last: lines.at(-1) ?? '' };
}

const interrupted = 'ended by SIGINT before the answer came; run the same command again';
/** The card says the rest. */
const onCard = 'interrupted (exit 130)';

test.each([
  ['a look-up', ['sendblue', 'get', 'id1'], sendblue, onCard],
  ['a look-up as JSON', ['sendblue', 'get', 'id1', '--json'], sendblue, interrupted],
  ['a wait', ['sendblue', 'status', 'id1', '--wait'], sendblue, onCard],
  ['a token request', ['sfmc', 'get', 'id1'], tokenless, onCard],
])('Ctrl-C while the live line of %s turns', async (_, argv, envOf, last) => {
  const terminal = open(argv, { env: await mute(envOf) });
  await terminal.shows('asking');
  terminal.type(ctrlC);
  expect(await end(terminal)).toEqual({ code: 130, last });
});

test('Ctrl-C between two looks of a wait: what was seen last is told', async () => {
  const terminal = open(['sendblue', 'get', 'msg_abc123def456', '--mock', '--wait', '--interval', '1m']);
  await terminal.shows('checking again in');
  terminal.type(ctrlC);
  expect((await end(terminal)).code).toBe(130);
  expect(terminal.text()).toContain('○ sent');
});

test('Ctrl-C in the middle of a batch: what is known is printed first', async () => {
  const terminal = open(['sendblue', 'get', 'msg_abc123def456', 'slow', '--mock', '-o', 'ndjson']);
  await terminal.shows('"id":"msg_abc123def456"');
  await terminal.shows('1/2 done');
  terminal.type(ctrlC);
  expect((await end(terminal)).code).toBe(130);
  expect(terminal.text()).toContain('"id":"slow"');
});

test.each([
  ['that has no columns', { columns: 0 }],
  ['that is dumb', { env: { TERM: 'dumb' } }],
])('in a terminal %s nothing turns, and Ctrl-C works', async (_, setting: TerminalSetting) => {
  const server = await startHostile(behaviourNamed('never-answers'));
  onTestFinished(server.close);
  const env = { ...sendblue(server.origin), ...setting.env };
  const terminal = open(['sendblue', 'get', 'id1', '--request-timeout', '1h', '--timeout', '1h'], { ...setting, env });
  await expect.poll(() => server.requests.length, { timeout: 100_000 }).toBe(1);
  // Past the moment at which a live line would begin.
  await new Promise((resolve) => setTimeout(resolve, 700));
  terminal.type(ctrlC);
  expect(await end(terminal)).toEqual({ code: 130, last: onCard });
  expect(terminal.text()).not.toContain(hideCursor);
  expect(terminal.text().length).toBeLessThan(2000);
});

test('Ctrl-C while ids are typed, and Ctrl-D when they all are', async () => {
  for (const [key, code] of [
    [ctrlC, 130],
    [ctrlD, 21],
  ] as const) {
    const terminal = open(['sendblue', 'get', '-', '--mock', '--field', 'state']);
    terminal.type('msg_abc123def456\r');
    await terminal.shows('sent');
    terminal.type(key);
    expect((await end(terminal)).code).toBe(code);
  }
});

// A terminal that is closed: test/engine/terminal.slow.test.ts.
test('SIGTERM and SIGHUP', async () => {
  for (const signal of ['SIGTERM', 'SIGHUP']) {
    const terminal = open(['sendblue', 'get', 'id1'], { env: await mute(sendblue) });
    await terminal.shows('asking');
    terminal.kill(signal);
    expect(await end(terminal)).toEqual({ code: 143, last: 'terminated (exit 143)' });
  }
});
