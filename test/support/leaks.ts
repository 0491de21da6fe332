export interface Text {
  readonly what: string;
  readonly text: string;
}

/** Which texts hold which secret, in any of the forms below; the secret itself is not repeated but for its first letters. */
export function leaksIn(texts: Iterable<Text>, secrets: Iterable<string>): string[] {
  const wanted = [...secrets].flatMap((secret) =>
    formsOf(secret).map((form) => ({ name: `${secret.slice(0, 4)}…`, form })),
  );
  const find = finderOf(wanted.filter(({ form }) => form.length >= keyLength));
  const short = wanted.filter(({ form }) => form.length < keyLength);
  const leaks = new Set<string>();
  for (const { what, text } of texts) {
    const plain = unescapeAll(text);
    const found = [...find(plain), ...short.filter(({ form }) => plain.includes(form))];
    for (const { name } of found) leaks.add(`${name} in ${what}`);
  }
  return [...leaks];
}

interface Form {
  readonly name: string;
  readonly form: string;
}

const keyLength = 5;

/** Finds any of thousands of forms in one pass over a text: the tests write hundreds of megabytes. */
function finderOf(wanted: readonly Form[]): (text: string) => Form[] {
  const byKey = new Map<string, Form[]>();
  // What the first characters of a form hash to: nearly every place of a text is ruled out by it.
  const mayBegin = new Uint8Array(2 ** 24);
  for (const each of wanted) {
    const key = each.form.slice(0, keyLength);
    byKey.set(key, [...(byKey.get(key) ?? []), each]);
    let hash = 0;
    for (let at = 0; at < keyLength; at += 1) hash = roll(hash, key.charCodeAt(at));
    mayBegin[hash] = 1;
  }
  return (text) => {
    const found: Form[] = [];
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) {
      hash = roll(hash, text.charCodeAt(at));
      const start = at - keyLength + 1;
      if (start < 0 || mayBegin[hash] === 0) continue;
      for (const each of byKey.get(text.slice(start, at + 1)) ?? []) {
        if (text.startsWith(each.form, start)) found.push(each);
      }
    }
    return found;
  };
}

/** Of the last four characters. */
function roll(hash: number, code: number): number {
  return ((hash << 6) ^ code) & 0xffffff;
}

/** How a secret may be spelt once escapes are undone and cases folded: in clear, either half, hex, base64 at each alignment. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = ['', ' ', ':', '-'].map((separator) => bytes.toString('hex').replace(/..(?=.)/g, `$&${separator}`));
  const base64 = [0, 1, 2].flatMap((before) => base64Within(bytes, before));
  return [...new Set([secret, ...halvesOf(secret), ...hex, ...base64].map(fold))];
}

/** Of a secret that was cut in two. Letters alone may be words. */
function halvesOf(secret: string): string[] {
  const middle = Math.ceil(secret.length / 2);
  return [secret.slice(0, middle), secret.slice(middle)].filter((half) => half.length >= 8 && /\d/.test(half));
}

/** What of a secret's base64 does not depend on its neighbours, when `before` bytes of a group stand before it. */
function base64Within(bytes: Buffer, before: number): string[] {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  const text = whole.subarray(0, whole.length - (whole.length % 3)).toString('base64');
  const own = text.slice(before === 0 ? 0 : 4);
  return own.length < 8 ? [] : [own];
}

/** Each with the base of its digits. */
const escapes: readonly (readonly [pattern: RegExp, base: number])[] = [
  [/\\u\{0*([\da-f]{1,6})\}/gi, 16],
  [/[\\%]u([\da-f]{4})/gi, 16],
  [/(?:\\x|%)([\da-f]{2})/gi, 16],
  [/\\([01][0-7]{2})/g, 8],
  [/&#x0*([\da-f]{1,6});?/gi, 16],
  [/&#0*(\d{1,7});?/g, 10],
];
const names: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  plus: '+',
  sol: '/',
  equals: '=',
};

/** One text after the other, as often as escapes were escaped; on purpose not by the code that it is to judge. */
function unescapeAll(text: string): string {
  const texts = [fold(text)];
  for (let round = 0; round < 4; round += 1) {
    const last = texts.at(-1) ?? '';
    let next = last;
    for (const [pattern, base] of escapes) {
      next = next.replace(pattern, (whole, digits: string) => {
        const code = Number.parseInt(digits, base);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      });
    }
    next = next.replace(/&([a-z]{2,6});/gi, (whole, name: string) => names[name.toLowerCase()] ?? whole);
    next = fold(next.replace(/\\([^\n])/g, '$1'));
    if (next === last) break;
    texts.push(next);
  }
  return texts.join('\n');
}

/** Case, full width and the two alphabets of base64 make no difference; what is drawn as nothing is gone. */
function fold(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .toLowerCase()
    .replaceAll('-', '+')
    .replaceAll('_', '/');
}
