import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// That its lines can be pasted and its links lead somewhere is tried by test/package/printed.slow.test.ts.

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('what people are told to run is what CI runs, and is there', () => {
  const textOf = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
  expect(readme).toContain('npm ci && npm run test:all ');
  expect(textOf('.ci/run')).toMatch(/^npm run test:all /m);
  expect(textOf('.github/workflows/ci.yml')).toContain('run: bash .ci/run');
  const { scripts } = JSON.parse(textOf('package.json'));
  const told = [
    readme,
    textOf('CONTRIBUTING.md'),
    textOf('docs/releasing.md'),
    textOf('.ci/run'),
    textOf('.github/workflows/ci.yml'),
  ].flatMap((text) => [...text.matchAll(/npm run (?:-s |--silent )?([a-z:]+)/g)].map(([, name = '']) => name));
  expect(told.length).toBeGreaterThan(10);
  expect(told.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
