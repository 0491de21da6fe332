import { withoutBracketed, withoutCommandsInJson } from '../core/text.ts';

/**
 * Controls, format characters (bidi, zero-width, tags), lone surrogates and line separators, but not the two joiners,
 * which emoji and Indic scripts are written with; then letters that are drawn as nothing, and what will be.
 */
const unseen =
  /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|(?=\p{Cn})\p{Default_Ignorable_Code_Point}/gu;

/** No script stacks more than four marks on a letter; more of them paint over the lines around. */
const stacked = /([\p{M}\u200c\u200d]{4})[\p{M}\u200c\u200d]+/gu;

/** What a terminal obeys, what reorders text, and half characters; not what ends a line, and not the tab. */
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cs}]/gu;

/** Text of unknown origin for people: one line that neither a terminal nor a CI system obeys. */
export function visible(text: string): string {
  return withoutBracketed(onOneLine(text));
}

/** Text of unknown origin for a format that keeps lines and tabs by quotes of its own: no terminal obeys it. */
export function withoutControls(text: string): string {
  return /^[\t\n\r -~]*$/.test(text) ? text : text.replace(obeyed, pictureOf);
}

/**
 * Text of unknown origin as one line that no terminal obeys: what would act, hide or reorder becomes a picture
 * (`␛`, `⏎`) or an escape (`\x9b`, `\u202e`). What is visible already stays as it is.
 */
export function onOneLine(text: string): string {
  // Expressions with Unicode classes take long to compile, and most texts need none.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(unseen, pictureOf).replace(stacked, '$1');
}

function pictureOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') return '⏎';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

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
  let json = JSON.stringify(value, null, indent);
  if (json.includes('\\ud')) json = json.replace(escapes, (whole, half) => (half === undefined ? whole : '\ufffd'));
  return withoutCommandsInJson(json.replace(dangerous, escapeUnicode));
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
