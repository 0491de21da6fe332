import { test } from 'vitest';
import { withSeed } from '../support/random.ts';
import { readMutatedBodies } from './bodies.ts';

test(
  'a hundred thousand mutated bodies make faults or sound records, and never a success out of garbage',
  { timeout: 600_000 },
  () => withSeed((random) => readMutatedBodies(100_000, random)),
);
