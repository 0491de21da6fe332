import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/** Why a test may be skipped: for want of what its name says it needs, or because of this. */
const reasons: Readonly<Record<string, string>> = {
  'a file without read permission is an error': 'an ordinary user',
  'a file of root’s is as good as mine: secrets are mounted like that': 'root',
};

/** No one run has both. `.ci/run` runs as root's user and as an ordinary one. */
const eitherOr = ['root', 'an ordinary user'];

/** Tells at the end which tests were skipped and why. Fails the run where nobody expects it. */
export class SkipReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    // Whoever asks for some tests by name knows that the others are skipped.
    if (this.#vitest?.config.testNamePattern !== undefined) return;
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    // With `all`, nothing may be missing: the machine is set up for it.
    const everything = process.env['SBSTATUS_TEST_TOOLS'] === 'all';
    const lines = skipped.map((test) => {
      const needed = neededBy(test);
      const isFine = needed.length > 0 && (!everything || needed.some((thing) => eitherOr.includes(thing)));
      if (!isFine) process.exitCode = 1;
      const why =
        needed.length === 0 ? 'for no reason that test/support/skips.ts knows' : `needs ${needed.join(' and ')}`;
      return `${isFine ? '  ' : '✗ '}${why}: ${relative(process.cwd(), test.module.moduleId)}: ${test.fullName}\n`;
    });
    process.stdout.write(`\n${skipped.length} skipped\n${lines.sort().join('')}`);
  }
}

/** What a skipped test wants. */
function neededBy({ name, fullName }: TestCase): string[] {
  const known = reasons[name];
  if (known !== undefined) return [known];
  return [...fullName.matchAll(/\(needs ([^)]+)\)/g)].flatMap(([, wanted = '']) => wanted.split(' and '));
}
