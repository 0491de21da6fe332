import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type Outcome, run, type Setting } from '../support/run.ts';

/** One run of the program; the child process of the matrix gets a list of them on stdin, and runs them all at once. */
export interface Cell {
  readonly argv: readonly string[];
  readonly setting: Pick<Setting, 'env' | 'columns'>;
}

/** What the child process of the matrix answers on stdout. */
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

const cells = JSON.parse(await text(process.stdin)) as Cell[];
const runs = await Promise.all(cells.map(timed));
process.stdout.write(JSON.stringify({ runs, megabytes: megabytes() } satisfies Told));
