/**
 * Controls, format characters (bidi, zero-width, tags), lone surrogates and line separators, but not the two joiners,
 * which emoji and Indic scripts are written with; then letters that are drawn as nothing.
 */
const unseen = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/** No script stacks more than four marks on a letter; more of them paint over the lines around. */
const stacked = /([\p{M}\u200c\u200d]{4})[\p{M}\u200c\u200d]+/gu;

/**
 * Text of unknown origin as one line that no terminal obeys: what would act, hide or reorder becomes a picture
 * (`␛`, `⏎`) or an escape (`\x9b`, `\u202e`). What is visible already stays as it is.
 */
export function visible(text: string): string {
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
