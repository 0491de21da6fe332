import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    // Nothing of ours is global, so the files may share a worker; it is several times faster.
    isolate: false,
    testTimeout: 30_000,
    // Searches all that the program wrote for the secrets it was given.
    globalSetup: ['test/support/secret-search.ts'],
  },
});
