import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';

const count = 100_000;

/** Events in pieces that end anywhere, every thousandth of them broken. */
function* pieces() {
  let text = '';
  for (let n = 1; n <= count; n += 1) {
    const event = { message_handle: `m${n}`, status: 'DELIVERED', service: 'iMessage', content: 'x'.repeat(300) };
    const line = JSON.stringify(event);
    text += `${n % 1000 === 0 ? line.slice(0, -5) : line}\n`;
    if (text.length > 65_000) {
      yield text.slice(0, 65_000);
      text = text.slice(65_000);
    }
  }
  yield text;
}

test('100,000 events in a heap that could not hold their records', async () => {
  const argv = [
    '--max-old-space-size=64',
    builtBin(),
    'decode',
    'sendblue',
    '-o',
    'ndjson',
    '--fields',
    'id,exit.code',
  ];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  const fed = pipeline(Readable.from(pieces()), child.stdin);
  let [records, broken] = [0, 0];
  for await (const line of createInterface({ input: child.stdout })) {
    records += 1;
    if (line.startsWith('{"id":"line-')) broken += 1;
  }
  await fed;
  expect(await closed).toEqual([2, null]);
  expect([records, broken]).toEqual([count, 100]);
  expect(stderr).toContain('100 of 100000 not ok (100 usage); line-1000: the line is not JSON');
});
