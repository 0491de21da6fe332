import { withoutCommandsInJson } from '../core/text.ts';

/**
 * What `JSON.stringify` leaves as it is although a terminal obeys it (DEL and C1, which holds an 8-bit escape),
 * it reorders text (bidi), or some readers take it for the end of a line (U+2028, U+2029).
 */
const dangerous = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** An escape; the group: half of a surrogate pair, which is all that `JSON.stringify` writes so. */
const escapes = /\\(?:u(d[89a-f][0-9a-f]{2})|[\s\S])/g;

/**
 * A value as JSON that is safe to show, to a terminal and in the log of a CI job; the same JSON to every parser. Half
 * characters, which jq and others stumble over, are replaced. `indent`: spaces a level, 0 for one line.
 */
export function jsonText(value: unknown, indent = 0): string {
  const json = JSON.stringify(value, null, indent);
  return withoutCommandsInJson(wellFormed(json).replace(dangerous, escapeUnicode));
}

function wellFormed(json: string): string {
  return json.includes('\\ud') ? json.replace(escapes, (whole, half) => (half === undefined ? whole : '\ufffd')) : json;
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
