import type { Bench, Section } from './bench.ts';
import { type Peak, peakHead, peakOf, peakRows } from './peak.ts';

/** Whether a long batch needs more memory than a short one. */
export async function memory(bench: Bench): Promise<readonly Section[]> {
  const peaks = [bench.ids / 5, bench.ids * 5].map((size): readonly [string, Peak] => {
    bench.say(`memory: ${size} ids\n`);
    const argv = 'sendblue get - -o ndjson --exit-zero --rate off --concurrency 50';
    return [`${size} ids`, peakOf(bench, `seq -f 'msg_%.0f' ${size}`, argv, size)];
  });
  const text = `Look-ups from standard input to NDJSON, 50 at once, without a rate limit. At most 1.3 times the memory of the short batch is
wanted for the long one.`;
  return [{ title: 'Memory of a batch', text, head: peakHead, rows: peakRows(peaks) }];
}
