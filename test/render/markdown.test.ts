import { expect, test } from 'vitest';
import { exitOf } from '../../src/core/exit.ts';
import { createMarkdownRenderer } from '../../src/render/markdown.ts';
import { lost, record, ending as sample } from './sample.ts';

const counts = { total: 4001, byState: {}, byExit: { ok: 4000, failed: 1 } };
const ending = { summary: { ...sample.summary, ...counts }, exit: exitOf('failed') };

test('a report larger than GitHub takes is cut, and the bad ones are kept', () => {
  const renderer = createMarkdownRenderer();
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

test.each([
  ['#12', '&#35;12'],
  ['GH-12', '&#71;H-12'],
  ['@octocat', '&#64;octocat'],
  ['acme/site#3', 'acme/site&#35;3'],
  ['!7', '&#33;7'],
  ['%milestone', '&#37;milestone'],
  ['~label', '&#126;label'],
  ['<h1>x</h1>', '&#60;h1&#62;x&#60;/h1&#62;'],
  ['&lt;b&gt; &#60;', '&#38;lt;b&#38;gt; &#38;&#35;60;'],
  ['a\n# head', 'a⏎&#35; head'],
  ['x\n===', 'x⏎==='],
  ['[a](https://evil.example)', '&#91;a&#93;(https&#58;//evil.example)'],
  ['![a](x)', '!&#91;a&#93;(x)'],
  ['www.evil.example', '&#119;ww.evil.example'],
  [':tada:', '&#58;tada:'],
  ['`a` | b', '&#96;a&#96; &#124; b'],
  ['100% done', '100% done'],
])('%j in every place that a record fills is nothing but text', (text, shown) => {
  const renderer = createMarkdownRenderer();
  const foreign = { index: 7, name: text, provider: text, operation: text, id: text, exit: exitOf('failed') };
  renderer.result(record({ ...foreign, error: { ...lost.error!, message: text, hint: text } }), null);
  const row = renderer
    .end(ending)
    .split('\n')
    .find((line) => line.startsWith('| ❌'));
  expect(row).toBe(
    `| ❌ | ${shown}<br>${shown} ${shown} <code>${shown}</code> | delivered | sms | ${shown}<br>${shown} |`,
  );
});
