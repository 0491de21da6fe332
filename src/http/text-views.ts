/** A text as it reads when escapes are undone and letters are told apart no more than a secret needs. */
export interface TextView {
  readonly text: string;
  /** Where each character begins and ends in the original; null where that is its own place. */
  readonly starts: Int32Array | null;
  readonly ends: Int32Array | null;
}

/** Escapes may be escaped themselves; nobody was seen to do it more often. */
const mostRounds = 3;

/**
 * The text, and as often as it changes the text with its escapes undone: of JSON and JavaScript, percent signs and HTML
 * entities. In all of them case, full width and the two alphabets of base64 make no difference, and what is drawn as
 * nothing is gone.
 */
export function viewsOf(text: string): readonly TextView[] {
  const views = [foldView(text)];
  for (let round = 0; round < mostRounds; round += 1) {
    const last = views.at(-1);
    if (last === undefined || !/[\\%&]/.test(last.text)) break;
    const next = unescapeView(last);
    if (next.text === last.text) break;
    views.push(next);
  }
  return views;
}

/** The first of the views: the text without a look at its escapes. */
export function foldView(text: string): TextView {
  if (/^[\t\n\r -~]*$/.test(text)) {
    return { text: text.toLowerCase().replaceAll('-', '+').replaceAll('_', '/'), starts: null, ends: null };
  }
  return rewrite({ text, starts: null, ends: null }, (at) => ({ code: text.charCodeAt(at), length: 1 }));
}

function unescapeView(view: TextView): TextView {
  return rewrite(view, (at) => escapeAt(view.text, at) ?? { code: view.text.charCodeAt(at), length: 1 });
}

/** One character of the new text, and how many of the old it stands for. */
interface ViewStep {
  readonly code: number;
  readonly length: number;
}

function rewrite({ text, starts, ends }: TextView, stepAt: (at: number) => ViewStep): TextView {
  const codes = new Uint16Array(text.length);
  const [newStarts, newEnds] = [new Int32Array(text.length), new Int32Array(text.length)];
  let size = 0;
  for (let at = 0; at < text.length; ) {
    const { code, length } = stepAt(at);
    if (!isInvisible(code)) {
      codes[size] = fold(code);
      newStarts[size] = starts?.[at] ?? at;
      newEnds[size] = ends?.[at + length - 1] ?? at + length;
      size += 1;
    }
    at += length;
  }
  const rewritten = Buffer.from(codes.buffer, 0, size * 2).toString('utf16le');
  return { text: rewritten, starts: newStarts.subarray(0, size), ends: newEnds.subarray(0, size) };
}

function fold(code: number): number {
  const ascii = code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
  if (ascii >= 0x41 && ascii <= 0x5a) return ascii + 0x20;
  if (ascii === 0x2d) return 0x2b;
  return ascii === 0x5f ? 0x2f : ascii;
}

/** Soft hyphens, zero-width characters, bidi marks and the byte order mark. */
function isInvisible(code: number): boolean {
  return code === 0xad || (code >= 0x200b && code <= 0x200f) || (code >= 0x2060 && code <= 0x2064) || code === 0xfeff;
}

function escapeAt(text: string, at: number): ViewStep | null {
  switch (text.charAt(at)) {
    case '\\':
      return backslashAt(text, at);
    case '%':
      return hexStep(text, at + 1, 2, 3);
    case '&':
      return entityAt(text, at);
    default:
      return null;
  }
}

/** `\u002b`, `\u{2b}`, `\x2b`; before any other character the backslash stands for itself and that character for itself. */
function backslashAt(text: string, at: number): ViewStep | null {
  const kind = text.charAt(at + 1);
  if (kind === 'x') return hexStep(text, at + 2, 2, 4);
  if (kind !== 'u') return kind === '' ? null : { code: text.charCodeAt(at + 1), length: 2 };
  if (text.charAt(at + 2) !== '{') return hexStep(text, at + 2, 4, 6);
  const digits = /^[0-9a-f]{1,6}\}/.exec(text.slice(at + 3, at + 10))?.[0];
  return digits === undefined ? null : { code: Number.parseInt(digits, 16), length: 3 + digits.length };
}

function hexStep(text: string, from: number, digits: number, length: number): ViewStep | null {
  const hex = text.slice(from, from + digits);
  return hex.length === digits && /^[0-9a-f]+$/.test(hex) ? { code: Number.parseInt(hex, 16), length } : null;
}

/** The names of ASCII characters. */
const entities = new Map([
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    num: '#',
    dollar: '$',
    percnt: '%',
    excl: '!',
  }),
  ...Object.entries({ lpar: '(', rpar: ')', ast: '*', midast: '*', plus: '+', comma: ',', period: '.', sol: '/' }),
  ...Object.entries({
    colon: ':',
    semi: ';',
    equals: '=',
    quest: '?',
    commat: '@',
    lsqb: '[',
    lbrack: '[',
    bsol: '\\',
  }),
  ...Object.entries({
    rsqb: ']',
    rbrack: ']',
    hat: '^',
    lowbar: '_',
    underbar: '_',
    grave: '`',
    lcub: '{',
    lbrace: '{',
  }),
  ...Object.entries({ verbar: '|', vert: '|', rcub: '}', rbrace: '}', hyphen: '-', dash: '-' }),
]);

/** `&#43;`, `&#x2b;` and `&plus;`, with or without the semicolon; zeros may stand before the digits. */
function entityAt(text: string, at: number): ViewStep | null {
  const match = /^&(?:#(?:x([0-9a-f]{1,8})|(\d{1,8}))|([a-z]{2,8}));?/.exec(text.slice(at, at + 12));
  if (match === null) return null;
  const [whole, hex, decimal, name = ''] = match;
  if (hex !== undefined) return { code: Number.parseInt(hex, 16), length: whole.length };
  if (decimal !== undefined) return { code: Number(decimal), length: whole.length };
  const character = entities.get(name);
  return character === undefined ? null : { code: character.charCodeAt(0), length: whole.length };
}
