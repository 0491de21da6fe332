import { type Outcome, run, type Setting } from './run.ts';
import type { Seen } from './servers.ts';
import { type SteppedClock, steppedClock } from './stepped-clock.ts';

/** A record, as far as tests of the engine read it. */
export interface ReadRecord {
  readonly index: number;
  readonly id: string;
  readonly state: string | null;
  readonly exit: { readonly code: number; readonly name: string };
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The records of an ndjson output. */
export function recordsIn(stdout: string): readonly ReadRecord[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** `name-0` to `name-<count - 1>`. */
export function ids(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}-${i}`);
}

/** The most requests in any window of so many milliseconds; a request at its very end is in the next one. */
export function busiest(requests: readonly Seen[], windowMs: number): number {
  let most = 0;
  let first = 0;
  for (const [i, { at }] of requests.entries()) {
    // A sum of floating-point steps may end a hair before a whole second.
    while (at - (requests[first]?.at ?? at) > windowMs - 0.001) first += 1;
    most = Math.max(most, i - first + 1);
  }
  return most;
}

/** Runs the program by a clock that its servers share. */
export function runBy(clock: SteppedClock, argv: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return clock.drive(run(argv, { ...setting, clock }));
}

/** Has the program load its parts, which takes real time and would else happen in the middle of a measured run. */
export async function warmUp(): Promise<void> {
  for (const output of ['table', 'ndjson', 'json']) {
    await runBy(steppedClock(), ['check', 'sfmc:sent', 'sendblue:delivered', '--mock', '-o', output]);
  }
  // Configuration and tokens, which the mock does without; nobody listens there.
  const env = { SFMC_CLIENT_ID: 'id', SFMC_CLIENT_SECRET: 'secret', SFMC_AUTH_BASE_URL: 'http://127.0.0.1:1' };
  await runBy(steppedClock(), ['sfmc', 'get', 'nothing'], { env });
}
