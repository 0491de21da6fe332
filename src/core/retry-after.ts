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
