import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { exitOf } from '../../src/core/exit.ts';
import type { Result } from '../../src/core/record.ts';
import { createAnnotationRenderer } from '../../src/render/github.ts';
import { createJunitRenderer } from '../../src/render/junit.ts';
import { createMarkdownRenderer } from '../../src/render/markdown.ts';
import type { Renderer } from '../../src/render/renderer.ts';
import { failed, rendered } from './sample.ts';

const schema = readFileSync(new URL('../fixtures/junit/junit.xsd', import.meta.url), 'utf8');

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom(...'<>&"\'|`[](){}*_~#@$%:,!\\\n\r\t\u0000\u001b\ufffe\uffff\u2028\ud800-'),
    maxLength: 20,
  }),
);

/** Failed messages whose id, name and reason may be anything, lone surrogates included. */
const messages = fc.array(fc.record({ id: anything, name: anything, says: anything }), { minLength: 1, maxLength: 40 });
type Message = { readonly id: string; readonly name: string; readonly says: string };

function report(renderer: Renderer, all: readonly Message[]): string {
  const results: Result[] = all.map(({ id, name, says }, index) => ({
    ...failed,
    index,
    id,
    name,
    reason: { code: says, name: null, message: says, class: 'unknown', resendable: null, hint: says },
    exit: exitOf('failed'),
  }));
  return rendered(renderer, results);
}

test('JUnit is valid whatever the texts hold, and every line break is ours', async () => {
  const junit = () => createJunitRenderer({ pendingAs: 'failure', startedAt: Date.UTC(2026, 2, 11) });
  for (const all of fc.sample(messages, 20)) {
    const named = all.map((message) => ({ ...message, name: `n${message.name}` }));
    const xml = report(junit(), named);
    const { errors } = await validateXML({ xml: { fileName: 'report.xml', contents: xml }, schema });
    expect({ named, errors }).toEqual({ named, errors: [] });
    expect(xml.match(/^<testcase /gm)).toHaveLength(named.length);
  }
});

test('a row of Markdown and an annotation stay one line with as many cells, whatever the texts hold', () => {
  fc.assert(
    fc.property(messages, (all) => {
      const rows = report(createMarkdownRenderer(), all)
        .split('\n')
        .filter((line) => line.startsWith('| ❌'));
      expect(rows).toHaveLength(all.length);
      for (const row of rows) expect(row.split('|')).toHaveLength(7);
      const lines = report(createAnnotationRenderer(), all).split('\n');
      expect(lines).toHaveLength(Math.min(10, all.length) + 1);
      for (const line of lines.slice(0, -1)) expect(line).toMatch(/^::error title=[^:,]*::/u);
    }),
  );
});
