import { readdirSync } from 'node:fs';
import { test } from 'vitest';

const rooms = /^(core|config|disk|render|providers)\/.*\.ts$/;
const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => rooms.test(file));

// Fails where the import is rejected. Mutation testing counts tests, not files of tests that cannot be loaded.
test.each(files)('%s can be loaded', async (file) => {
  await import(`../../src/${file}`);
});
