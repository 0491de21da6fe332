import stringWidth from 'string-width';

/** Measures in terminal columns. All of it expects text that `visible` has been over. */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Thai and Lao AM belong to the letter before and yet take a column of their own, which string-width does not know. */
const attachedAm = /(?<=.)[\u0e33\u0eb3]/gsu;

export function width(text: string): number {
  if (isAscii(text)) return text.length;
  return stringWidth(text) + (text.match(attachedAm)?.length ?? 0);
}

/** Each character takes one column. */
function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
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
  let [line, used] = ['', 0];
  const endLine = () => {
    lines.push(line.trimEnd());
    [line, used] = ['', 0];
  };
  const put = (piece: string, size: number) => {
    if (line !== '' && used + size > columns) endLine();
    line += piece;
    used += size;
  };
  for (const [, word = '', blanks = ''] of text.matchAll(/(\S*)(\s*)/gu)) {
    const size = width(word);
    if (size <= columns) put(word, size);
    else {
      if (line !== '') endLine();
      for (const piece of piecesOf(word, columns)) put(piece, width(piece));
    }
    // At the end of a line they take no room.
    line += blanks;
    used += width(blanks);
  }
  endLine();
  return lines;
}

/** Characters as people see them, or whole lines where each takes one column; what alone is wider than a line comes apart. */
function* piecesOf(word: string, columns: number): Generator<string> {
  if (isAscii(word)) {
    for (let start = 0; start < word.length; start += columns) yield word.slice(start, start + columns);
    return;
  }
  for (const { segment } of segmenter.segment(word)) {
    if (width(segment) <= columns) yield segment;
    else yield* segment;
  }
}
