import { defineConfig } from 'vitest/config';

/** The tests that judge mutants: quick, without a network, of the core and of the providers' tables. */
export default defineConfig({
  test: {
    include: [
      'test/core/**/*.test.ts',
      'test/engine/poll-policy*.test.ts',
      'test/properties/{tally,times}.test.ts',
      'test/providers/*/{status,read,decode,properties,property}.test.ts',
    ],
    pool: 'threads',
    isolate: false,
    // Long enough for a machine at its limit: only what hangs is ended.
    testTimeout: 60_000,
  },
});
