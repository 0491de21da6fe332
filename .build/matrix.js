// Runs the tests on every Node that is supported, with the runtimes from the registry's package `node`:
//   node .build/matrix.js [major...] [-- arguments of vitest]
import { spawnSync } from 'node:child_process';
import { root } from './bundle.js';

const given = process.argv.slice(2);
const end = given.includes('--') ? given.indexOf('--') : given.length;
const majors = end === 0 ? ['20', '22', '24', '26'] : given.slice(0, end);
const tests = given.slice(end + 1);

const failed = majors.filter((major) => !passes(major));
process.stdout.write(
  `\n${majors.length - failed.length} passed, ${failed.length} failed${failed.map((each) => ` ${each}`).join()}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function passes(major) {
  process.stdout.write(`\nNode ${major}\n`);
  const vitest = ['node', 'node_modules/vitest/vitest.mjs', 'run', ...tests].map(quoted).join(' ');
  const { status } = spawnSync(
    'npx',
    ['--yes', '--package', `node@${major}`, '--call', `node --version && ${vitest}`],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  return status === 0;
}

function quoted(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
