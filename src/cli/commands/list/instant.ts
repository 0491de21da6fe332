import { UsageError } from '../../../core/fault.ts';
import { durationMs, utc } from '../../../core/time.ts';

/**
 * A time on the command line as RFC 3339 in UTC: an age before `now` (epoch milliseconds), a date, or a timestamp, which
 * is UTC where it names no zone. Throws a usage error that names the flag.
 */
export function instantOf(text: string, flag: string, now: number): string {
  const age = durationMs(text);
  const day = text.slice(0, 10);
  const midnight = utc(`${day}T00:00:00Z`);
  const at = day === text ? midnight : utc(text);
  if (age !== null && age <= now) return new Date(now - age).toISOString();
  // A day that the month does not have would be taken for one of the next.
  if (at !== null && midnight?.startsWith(day)) return at;
  throw new UsageError(
    `${JSON.stringify(text)} is no time for ${flag.replace(/ .*/, '')}`,
    'give an age such as 2h or 7d, a date such as 2026-03-11, or RFC 3339 such as 2026-03-11T09:30:00Z',
  );
}
