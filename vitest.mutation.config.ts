import { defineConfig } from 'vitest/config';

/** The tests that judge mutants: quick ones, of the rooms that `stryker.config.json` names. */
export default defineConfig({
  test: {
    include: [
      'test/{core,config,disk,render}/**/*.test.ts',
      'test/engine/{poll-policy,request,turns}.test.ts',
      'test/properties/{tally,times}.test.ts',
      'test/providers/*/*.test.ts',
      'test/http/strike.test.ts',
    ],
    exclude: ['**/*.slow.test.ts', '**/mock.test.ts'],
    pool: 'threads',
    isolate: false,
    // Long enough for a machine at its limit: only what hangs is ended.
    testTimeout: 60_000,
    setupFiles: ['test/support/guard/setup.ts'],
    globalSetup: ['test/support/guard/global.ts'],
  },
});
