import stringWidth from 'string-width';

/** Measures in terminal columns. All of it expects text that `visible` has been over. */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Thai and Lao AM belong to the letter before and yet take a column of their own, which string-width does not know. */
const attachedAm = /(?<=.)[\u0e33\u0eb3]/gsu;

export function width(text: string): number {
  if (isAscii(text)) return text.length;
  let columns = 0;
  for (const character of charactersIn(text)) columns += widthOf(character);
  return columns;
}

/** Widths of characters, since string-width takes long for each; forgotten all at once when there are too many. */
const known = new Map<string, number>();
const mostKnown = 4096;

function widthOf(character: string): number {
  const before = known.get(character);
  if (before !== undefined) return before;
  const columns = stringWidth(character) + (character.match(attachedAm)?.length ?? 0);
  if (known.size >= mostKnown) known.clear();
  if (character.length <= longestStretch) known.set(character, columns);
  return columns;
}

/** What the segmenter gets at once, in UTF-16 units: it takes time by the square of the text. */
const longestStretch = 256;

/**
 * Characters as people see them. One that is longer than what the segmenter gets, which only a chain of joined emoji can
 * be, comes apart.
 */
function* charactersIn(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const stretch = text.slice(start, start + longestStretch);
    const characters = Array.from(segmenter.segment(stretch), ({ segment }) => segment);
    // The last may go on, unless the text ends with it.
    const whole = characters.length > 1 && start + stretch.length < text.length ? characters.slice(0, -1) : characters;
    yield* whole;
    start += whole.reduce((sum, { length }) => sum + length, 0);
  }
}

/** Each character takes one column. */
function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** The text, or as much of its beginning as goes into so many columns together with an ellipsis. */
export function truncate(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (isAscii(text)) return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
  let kept = '';
  let used = 0;
  let cut = '';
  // Character by character, so that the length of a long text does not matter.
  for (const character of charactersIn(text)) {
    used += widthOf(character);
    if (used > columns) return `${cut}…`;
    kept += character;
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
  for (const character of charactersIn(word)) {
    if (widthOf(character) <= columns) yield character;
    else yield* character;
  }
}
