import { existsSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { ids, recordsIn } from '../support/figures.ts';
import { tempHome } from '../support/home.ts';
import { startSendblue } from '../support/servers.ts';
import { openTerminal } from '../terminal/terminal.ts';

/** What becomes of a terminal while a run goes on. */

// Only a hang takes so long.
const limit = 60_000;
const hidden = '\x1b[?25l';
/** Part of the live line. */
const live = ' done';
const ctrlZ = '\x1a';

/** A batch that lasts about 4 s, all of whose messages are delivered but the last one, which is queued: exit 21. */
const batch = ['sendblue', 'get', ...ids('id', 40), '--rate', '10/s', '-o', 'ndjson'];

/** Runs a shell script before a terminal, in which `"$@"` is the batch. */
async function shell(script: string) {
  const server = await startSendblue({ latencyMs: 50, answer: (id) => (id === 'id-39' ? 'QUEUED' : 'DELIVERED') });
  const { path } = tempHome();
  const out = path('out.ndjson');
  const exit = path('exit');
  const pid = path('pid');
  const run = ['/bin/sh', '-c', 'echo $$ >"$pid"; exec "$@"', 'sh', process.execPath, builtBin(), ...batch];
  const argv = ['/bin/bash', '--norc', '--noprofile', '-c', script, 'bash', ...run];
  onTestFinished(() => killIn(pid));
  const terminal = openTerminal(argv, { env: { ...server.env, out, exit, pid } });
  return { terminal, out, exit };
}

/** Ends the run of a test that failed: it may be deaf to everything else. */
function killIn(file: string): void {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  } catch {
    // It has ended, or never began.
  }
}

/** Resolves with what is in the file once there is something. */
async function contentOf(file: string): Promise<string> {
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text !== '') return text.trim();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** All 40 records are there, as they would be without any terminal. */
function expectAll(out: string): void {
  expect(recordsIn(readFileSync(out, 'utf8')).map(({ id }) => id)).toEqual(ids('id', 40));
}

/** A run that is suspended or killed could not show it again. */
function expectCursor(text: string): void {
  expect(text).not.toContain(hidden);
}

test(
  'a terminal that loses its columns in mid-run',
  async () => {
    const { terminal, out, exit } = await shell('"$@" >"$out" & read -r _; stty cols 0; wait $!; echo $? >"$exit"');
    await terminal.shows(live);
    terminal.type('\r');
    const { signal } = await terminal.ended;
    expect(signal).toBe(0);
    expect(await contentOf(exit)).toBe('21');
    expectAll(out);
    expectCursor(terminal.text());
    expect(terminal.text().length).toBeLessThan(50_000);
  },
  limit,
);

// At its end Node aborts (134) where a terminal that it was started with is closed, whether it was used or not.
test.skipIf(!existsSync('/usr/bin/setsid')).each(['', '2>/dev/null'])(
  'a terminal that is closed in mid-run, which tells nothing to a run that has it as its input; messages: %j',
  async (stderr) => {
    // As a shell hands its terminal on, for reading and writing. In a session of its own it gets no SIGHUP; all that it writes to the terminal fails from then on.
    const run = `'"$@" <>"$0" >"$out" ${stderr}; echo $? >"$exit"'`;
    const { terminal, out, exit } = await shell(`setsid /bin/sh -c ${run} "$(tty)" "$@" & read -r _`);
    await contentOf(out);
    terminal.kill('SIGKILL');
    await terminal.ended;
    expect(existsSync(exit)).toBe(false);
    expect(await contentOf(exit)).toBe('21');
    expectAll(out);
  },
  limit,
);

test(
  'a terminal that is closed in mid-run, for a run that was told to ignore that',
  async () => {
    const script = `tty=$(tty); trap '' HUP; { "$@" <>"$tty" >"$out"; echo $? >"$exit"; } & read -r _`;
    const { terminal, out, exit } = await shell(script);
    await terminal.shows(live);
    terminal.kill('SIGKILL');
    await terminal.ended;
    // Node resets a signal that is ignored, so that SIGHUP may end the run after all: then as SIGHUP does.
    const code = await contentOf(exit);
    expect(['21', '143']).toContain(code);
    const records = recordsIn(readFileSync(out, 'utf8'));
    expect(records.length).toBeGreaterThan(0);
    if (code === '21') expectAll(out);
  },
  limit,
);

test(
  'Ctrl-Z and fg leave the cursor as it was',
  async () => {
    // With job control, as in a shell that somebody types into.
    const script = 'set -m; "$@" >"$out"; echo "stopped with $?"; read -r _; fg; echo $? >"$exit"';
    const { terminal, out, exit } = await shell(script);
    await terminal.shows(live);
    terminal.type(ctrlZ);
    await terminal.shows('stopped with 148');
    expectCursor(terminal.text());
    terminal.type('\r');
    await terminal.ended;
    expect(await contentOf(exit)).toBe('21');
    expectAll(out);
    expectCursor(terminal.text());
  },
  limit,
);
