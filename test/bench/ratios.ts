import { type Case, median } from './measure.ts';

export const ratioHead = ['', 'median ms', 'fastest ms', '× floor', 'wanted'] as const;

/** One row a case; the first case is the floor that the others are divided by. */
export function ratioRows(cases: readonly Case[], times: ReadonlyMap<string, readonly number[]>): string[][] {
  const floor = median(times.get(cases[0]?.name ?? '') ?? []);
  return cases.map(({ name, wanted = '' }) => {
    const own = times.get(name) ?? [];
    return [name, median(own).toFixed(1), Math.min(...own).toFixed(1), (median(own) / floor).toFixed(2), wanted];
  });
}
