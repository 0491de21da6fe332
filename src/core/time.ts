const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `500ms`, `10s`, `1.5m`, `2h`, `1d`; null for anything else, a bare number included. */
export function durationMs(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  const unit = unitsMs[match?.[2] ?? ''];
  return unit === undefined ? null : Math.round(Number(match?.[1]) * unit);
}

/** A length of time in its two largest units: `45 s`, `3 min 20 s`, `2 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return joinUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return joinUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return joinUnits(Math.floor(minutes / 1440), 'd', Math.floor((minutes % 1440) / 60), 'h');
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Look-ups a second of `5/s` or `100/min`; null for `off`; undefined for anything else. */
export function perSecondOf(text: string): number | null | undefined {
  if (text.toLowerCase() === 'off') return null;
  const match = /^(\d{1,6}(?:\.\d{1,3})?)\/(s|min)$/.exec(text);
  const count = Number(match?.[1]);
  if (match === null || !(count > 0)) return undefined;
  return match[2] === 's' ? count : count / 60;
}

/** Some 30 years, in seconds: whoever says more says "never", and numbers beyond lose their meaning. */
const longest = 1_000_000_000;

/**
 * Seconds that a `Retry-After` header asks for: digits or an HTTP date (RFC 9110 §10.2.3), nothing else.
 * `nowMs` is epoch milliseconds. A date in the past is 0; garbage, signs and fractions are null.
 */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text), longest);
  if (!/^[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000));
}

/** Digits of a fraction beyond the third are dropped, not rounded: no provider means them. */
const timestampPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/i;

/** What is UTC already; later days of a month take the long way, which knows how long it is. */
const utcPattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;

/**
 * A provider's timestamp as RFC 3339 in UTC with milliseconds; null for anything that is not one.
 * `zone` (`-06:00`) is assumed where the text names none.
 */
export function utc(value: unknown, zone = 'Z'): string | null {
  if (typeof value !== 'string') return null;
  if (utcPattern.test(value)) return value.includes('.') ? value : value.replace('Z', '.000Z');
  const match = timestampPattern.exec(value.trim());
  if (match === null) return null;
  const [, date, time, fraction = '', offset = zone] = match;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  const colonOffset = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase();
  const instant = new Date(`${date}T${time}.${millis}${colonOffset}`);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}
