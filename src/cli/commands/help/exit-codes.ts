import { exits } from '../../../core/exit.ts';

/** `sbstatus help exit-codes`. */
export function exitCodesText(json: boolean): string {
  const table = Object.entries(exits).map(([name, { code, retryable, when }]) => ({ code, name, retryable, when }));
  if (json) return `${JSON.stringify(table, null, 2)}\n`;
  const rows = table.map(({ code, name, when }) => `  ${String(code).padStart(3)}  ${name.padEnd(21)}${when}`);
  return `${[
    'Exit codes: the verdict on the message. Part of the public interface: none changes its meaning.',
    '',
    ...rows,
    '',
    '20-29: the provider answered, and the message is not as wanted.',
    '30-39: could not learn it; try again later.',
    '40-49: could not learn it; somebody must act.',
    'Several ids end with the worst: 1 > 2 > 20 > 23 > 24 > 26 > 25 > 42 > 40 > 41 > 43 > 31 > 32 > 30 > 22 > 21 > 0.',
  ].join('\n')}\n`;
}
