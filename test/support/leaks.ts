/** The forms in which a secret can be met again: clear, percent-encoded, base64 at each of the three alignments, hex. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const everyByte = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const forms = [secret, encodeURIComponent(secret), everyByte, everyByte.toUpperCase(), bytes.toString('hex')];
  return [...new Set([...forms, ...[0, 1, 2].flatMap((before) => base64Within(bytes, before))])];
}

/** What of a secret's base64 does not depend on its neighbours, when `before` bytes of a group stand before it. */
function base64Within(bytes: Buffer, before: number): string[] {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  const text = whole.subarray(0, whole.length - (whole.length % 3)).toString('base64');
  const own = text.slice(before === 0 ? 0 : 4);
  return own.length < 8 ? [] : [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}

export interface Text {
  readonly what: string;
  readonly text: string;
}

/** Which texts hold which secret; the secret itself is not repeated but for its first letters. */
export function leaksIn(texts: Iterable<Text>, secrets: Iterable<string>): string[] {
  const wanted = [...secrets].map((secret) => ({ name: `${secret.slice(0, 4)}…`, forms: formsOf(secret) }));
  const leaks: string[] = [];
  for (const { what, text } of texts) {
    for (const { name, forms } of wanted) {
      if (forms.some((form) => text.includes(form))) leaks.push(`${name} in ${what}`);
    }
  }
  return leaks;
}
