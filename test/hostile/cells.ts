import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type Outcome, run, type Setting } from '../support/run.ts';

/** One run of the program. */
export interface Cell {
  readonly argv: readonly string[];
  readonly setting: Pick<Setting, 'env' | 'columns'>;
}

/** What the child process of the matrix is asked on stdin. */
export interface Asked {
  readonly cells: readonly Cell[];
  /** Runs at once; what a run holds in memory can only be told when it is alone. */
  readonly atOnce: number;
}

/** What it answers on stdout. */
export interface Told {
  readonly runs: readonly (Outcome & { readonly ms: number })[];
  /** The most that the process ever held, MB. */
  readonly megabytes: number;
}

async function timed({ argv, setting }: Cell): Promise<Told['runs'][number]> {
  const began = performance.now();
  const outcome = await run(argv, setting);
  return { ...outcome, ms: performance.now() - began };
}

/** Linux counts the parent's memory in maxRSS, from before the program was loaded; VmHWM is the process's own. */
function megabytes(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return Number(own ?? process.resourceUsage().maxRSS) / 1024;
}

const { cells, atOnce } = JSON.parse(await text(process.stdin)) as Asked;
const runs: Told['runs'][number][] = [];
for (let i = 0; i < cells.length; i += atOnce) {
  runs.push(...(await Promise.all(cells.slice(i, i + atOnce).map(timed))));
}
process.stdout.write(JSON.stringify({ runs, megabytes: megabytes() } satisfies Told));
