import { expect, test } from 'vitest';
import { exitOf } from '../../src/core/exit.ts';
import { createMarkdownRenderer } from '../../src/render/markdown.ts';
import { record } from './sample.ts';

const ending = { summary: { total: 4001, byState: {}, byExit: { ok: 4000, failed: 1 } }, exit: exitOf('failed') };

test('a report larger than GitHub takes is cut, and the bad ones are kept', () => {
  const renderer = createMarkdownRenderer({ names: new Map() });
  const long = 'é'.repeat(120);
  for (let index = 0; index < 4000; index += 1) renderer.result(record({ index, id: `${index}-${long}` }), null);
  renderer.result(record({ index: 4000, id: 'the-bad-one', exit: exitOf('failed') }), null);
  const text = renderer.end(ending);
  expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
  expect(Buffer.byteLength(text)).toBeGreaterThan(800_000);
  const rows = text.split('\n').filter((line) => /^\| (✅|❌)/.test(line));
  expect(rows[0]).toContain('the-bad-one');
  expect(text).toMatch(new RegExp(`\n\n… and ${4001 - rows.length} more\n$`));
});
