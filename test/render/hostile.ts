import fc from 'fast-check';

const esc = '\u001b';

/** What a provider, or whoever texts through one, may put into a string to do something to a terminal. */
export const hostilePieces: readonly string[] = [
  `${esc}[31mred${esc}[0m`,
  `${esc}[2J${esc}[H`,
  `${esc}]0;title\u0007`,
  `${esc}]8;;https://evil.example${esc}\\click${esc}]8;;${esc}\\`,
  `${esc}]52;c;cm0gLXJmIC8=\u0007`,
  `${esc}P1$r${esc}\\`,
  `${esc}c`,
  '\u009b31m',
  '\u009d8;;https://evil.example\u009c',
  'a\rb',
  'a\r\nb',
  'a\tb\u0000c\u0008d\u007f',
  '\u202egnp.exe',
  '\u2066x\u2069\u061c\u200e\u200f',
  '\u2028\u2029\u0085',
  '\ud83d',
  '\udc00',
  '\u{e0041}\u{e007f}',
  `z${'\u0300'.repeat(40)}`,
  `j${'\u200d'.repeat(40)}`,
  '👨‍👩‍👧‍👦',
  '🏳️‍🌈🇩🇪🇩',
  '👍🏽1️⃣🫠',
  'ภาษาไทยน้ำกำ',
  'हिन्दी क्षत्रिय',
  '漢字かなｶﾞ',
  'ᄀᄀᄀᄀᄀᄀᄀᄀᄀᄀᄀᄀ',
  '\u3164\u115f\uffa0\u00ad\u200b\ufeff',
  '؀؁',
  ' '.repeat(7),
];

export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...hostilePieces),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));
