import type { Bench, Section } from './bench.ts';
import { type Peak, peakHead, peakOf, peakRows } from './peak.ts';

/** Whether a long stream of webhook events needs more memory than a short one. */
export async function decoding(bench: Bench): Promise<readonly Section[]> {
  const peaks = [10 * bench.ids, 100 * bench.ids].map((size): readonly [string, Peak] => {
    bench.say(`decode: ${size} events\n`);
    const event = '{"message_handle":"msg_%.0f","status":"DELIVERED","service":"iMessage","error_code":null}';
    return [`${size} events`, peakOf(bench, `seq -f '${event}' ${size}`, 'decode sendblue -o ndjson', size)];
  });
  const text = 'Webhook events from standard input to NDJSON: `… | sbstatus decode sendblue -o ndjson`.';
  return [{ title: 'Decoding events', text, head: peakHead, rows: peakRows(peaks) }];
}
