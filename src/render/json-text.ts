/**
 * What `JSON.stringify` leaves as it is although a terminal obeys it (DEL and C1, which holds an 8-bit escape),
 * it reorders text (bidi), or some readers take it for the end of a line (U+2028, U+2029).
 */
const dangerous = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A value as JSON that is safe to show; the same JSON to every parser. `indent`: spaces a level, 0 for one line. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(dangerous, escapeUnicode);
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
