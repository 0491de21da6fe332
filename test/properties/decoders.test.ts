import { test } from 'vitest';
import { withSeed } from '../support/random.ts';
import { readMutatedBodies } from './bodies.ts';

test('two thousand mutated bodies make faults or sound records, and never a success out of garbage', () =>
  withSeed((random) => readMutatedBodies(2_000, random)));
