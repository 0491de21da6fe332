/** Digits of a fraction beyond the third are dropped, not rounded: no provider means them. */
const timestampPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A provider's timestamp as RFC 3339 in UTC with milliseconds; null for anything that is not one.
 * `zone` (`-06:00`) is assumed where the text names none.
 */
export function utc(value: unknown, zone = 'Z'): string | null {
  if (typeof value !== 'string') return null;
  const match = timestampPattern.exec(value.trim());
  if (match === null) return null;
  const [, date, time, fraction = '', offset = zone] = match;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  const instant = new Date(`${date}T${time}.${millis}${colonOffset(offset)}`);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}

function colonOffset(offset: string): string {
  return offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase();
}
