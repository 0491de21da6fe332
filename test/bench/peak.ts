import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';

export interface Peak {
  /** Most resident memory that the program held, MB. */
  readonly megabytes: number;
  readonly seconds: number;
  /** Lines that it printed. */
  readonly lines: number;
}

/** Runs `producer | sbstatus argv | wc -l`, and measures the middle one. Throws where the number of lines is another. */
export function peakOf(bench: Bench, producer: string, argv: string, lines: number): Peak {
  const report = join(bench.folder, 'peak');
  const own = `PEAK_REPORT=${report} ${process.execPath} --require ${bench.rival('peak.cjs')} ${bench.bin} ${argv}`;
  const began = process.hrtime.bigint();
  const { stdout, stderr } = spawnSync('sh', ['-c', `${producer} | ${own} | wc -l`], {
    cwd: bench.folder,
    env: bench.env,
    encoding: 'utf8',
  });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (Number(stdout) !== lines) throw new Error(`${lines} lines expected, not ${stdout.trim()}: ${stderr}`);
  return { megabytes: Number(readFileSync(report, 'utf8')) / 1024, seconds, lines };
}

export const peakHead = ['', 'peak MB', 'seconds', 'a second', '× fewer'] as const;

/** One row a size; the first is what the others' memory is divided by. */
export function peakRows(named: readonly (readonly [string, Peak])[]): string[][] {
  const first = named[0]?.[1].megabytes ?? Number.NaN;
  return named.map(([name, { megabytes, seconds, lines }]) => [
    name,
    megabytes.toFixed(0),
    seconds.toFixed(1),
    (lines / seconds).toFixed(0),
    (megabytes / first).toFixed(2),
  ]);
}
