import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkSync } from 'recheck';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

// No regular expression of ours may take more than linear time: foreign text meets most of them, and while one of them is
// busy neither timers nor Ctrl-C are heard. A checker proves it, or attacks it with inputs of its own making.

const root = fileURLToPath(new URL('../../src', import.meta.url));

interface Literal {
  readonly pattern: string;
  readonly flags: string;
  readonly places: string[];
}

function literals(): Literal[] {
  const found = new Map<string, Literal>();
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, regex, start } = node as {
        type?: string;
        start?: number;
        regex?: { pattern: string; flags: string };
      };
      if (type === 'Literal' && regex !== undefined) {
        const place = `${file}:${text.slice(0, start).split('\n').length}`;
        const key = `/${regex.pattern}/${regex.flags}`;
        const known = found.get(key) ?? { ...regex, places: [] };
        known.places.push(place);
        found.set(key, known);
      }
      for (const child of Object.values(node)) visit(child);
    };
    visit(parseAst(text, { lang: 'ts' }));
  }
  return [...found.values()];
}

const all = literals();

/** What an attack comes to is told by its steps. By its time, the checker's usual way, a busy machine makes any pattern slow. */
const bySteps = { timeout: 300_000, attackTimeout: null, incubationTimeout: null, seedingTimeout: null };

test('the checker sees what is not linear', () => {
  for (const pattern of ['(a+)+$', '^\\s*(<!--[\\s\\S]*?-->\\s*)*<html', '\\s+$', '<.*>', 'a@+b']) {
    expect(checkSync(pattern, '', bySteps).status, pattern).toBe(pattern === 'a@+b' ? 'safe' : 'vulnerable');
  }
});

test('every regular expression of the source takes linear time', { timeout: 900_000 }, () => {
  expect(all.length).toBeGreaterThan(100);
  const slow = all.filter(({ pattern, flags }) => {
    const { status } = checkSync(pattern, flags, bySteps);
    return status !== 'safe';
  });
  expect(slow.map(({ pattern, flags, places }) => `${places.join(', ')}: /${pattern}/${flags}`)).toEqual([]);
});
