import { spawnSync } from 'node:child_process';

/** One thing to be run and timed, from its start to its end. */
export interface Case {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What its time is divided by; the floor where nothing is named. */
  readonly wanted?: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs all cases in turn, so many times, each round in the opposite order of the one before: what slows the machine down
 * slows all of them down. Returns milliseconds by name. Throws where one fails: a failure is fast.
 */
export function interleaved(cases: readonly Case[], rounds: number, surroundings: Surroundings): Map<string, number[]> {
  const times = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const each of round % 2 === 0 ? cases : [...cases].reverse()) {
      times.get(each.name)?.push(timeOf(each, surroundings));
    }
  }
  return times;
}

function timeOf({ name, command }: Case, { cwd, env }: Surroundings): number {
  const [program, ...argv] = command;
  const began = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program, argv, { cwd, env, encoding: 'utf8' });
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  if (status !== 0) throw new Error(`${name} failed (${error?.message ?? status}): ${stderr}`);
  return ms;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
