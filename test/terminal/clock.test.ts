import { expect, test } from 'vitest';
import { realClock } from '../../src/world.ts';

test('an alarm never rings early: what ends at a deadline must find that it has passed', async () => {
  const earlyBy = async (ms: number): Promise<number> => {
    const at = realClock.monotonic() + ms;
    await new Promise<void>((resolve) => realClock.alarm(ms, resolve));
    return at - realClock.monotonic();
  };
  const times = Array.from({ length: 200 }, (_, i) => i / 10 + 0.09);
  expect(Math.max(...(await Promise.all(times.map(earlyBy))))).toBeLessThanOrEqual(0);
});
