import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SkipReporter } from './test/support/skips.ts';

export default defineConfig({
  test: {
    // `npm test` leaves out those that are called *.slow.test.ts; `npm run test:all` runs all.
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    // Nothing of ours is global, so the files may share a worker; it is several times faster.
    isolate: false,
    // Most of them wait most of the time.
    maxWorkers: Math.max(6, availableParallelism()),
    // Only what hangs takes as long, however busy the machine is.
    reporters: ['default', new SkipReporter()],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 100_000 } },
    setupFiles: ['test/support/guard/setup.ts'],
    globalSetup: [
      // Keeps everything away that belongs to whoever runs the tests.
      'test/support/guard/global.ts',
      // Searches all that the program wrote for the secrets it was given.
      'test/support/secret-search.ts',
    ],
  },
});
