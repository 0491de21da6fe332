import stringWidth from 'string-width';

/** Measures in terminal columns. All of it expects text that `visible` has been over. */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Thai and Lao AM belong to the letter before and yet take a column of their own, which string-width does not know. */
const attachedAm = /(?<=.)[\u0e33\u0eb3]/gsu;

export function width(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return stringWidth(text) + (text.match(attachedAm)?.length ?? 0);
}

/** The text, or as much of its beginning as goes into so many columns together with an ellipsis. */
export function truncate(text: string, columns: number): string {
  if (columns <= 0) return '';
  let kept = '';
  let used = 0;
  let cut = '';
  // Character by character, so that the length of a long text does not matter.
  for (const { segment } of segmenter.segment(text)) {
    used += width(segment);
    if (used > columns) return `${cut}…`;
    kept += segment;
    if (used < columns) cut = kept;
  }
  return text;
}

/** The text with blanks up to so many columns; longer text stays as it is. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** The text in lines of at most so many columns, broken at blanks, and inside words that are longer than a line. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  const next = () => {
    lines.push(line.trimEnd());
    line = '';
  };
  for (const word of text.match(/\S+\s*|\s+/gu) ?? []) {
    if (fits(line + word, columns)) {
      line += word;
      continue;
    }
    if (line !== '') next();
    for (const piece of fits(word, columns) ? [word] : piecesOf(word, columns)) {
      if (line !== '' && !fits(line + piece, columns)) next();
      line += piece;
    }
  }
  next();
  return lines;
}

function fits(text: string, columns: number): boolean {
  return width(text.trimEnd()) <= columns;
}

/** Characters as people see them; one that alone is wider than a line comes apart. */
function piecesOf(word: string, columns: number): string[] {
  return Array.from(segmenter.segment(word), ({ segment }) => segment).flatMap((segment) =>
    width(segment) <= columns ? [segment] : [...segment],
  );
}
