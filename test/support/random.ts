/** 0 ≤ n < 1, the same again for the same seed. */
export type Random = () => number;

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Work by chance. Where it fails it says by which, and `SBSTATUS_TEST_SEED=… npx vitest run FILE` sees that failure again. */
export async function withSeed<T>(work: (random: Random, seed: number) => T | Promise<T>): Promise<T> {
  const seed = Number(process.env['SBSTATUS_TEST_SEED'] ?? Date.now() % 2 ** 32);
  try {
    return await work(seeded(seed), seed);
  } catch (error) {
    throw new Error(`SBSTATUS_TEST_SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
