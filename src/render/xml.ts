import { visible } from './safe-text.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text of unknown origin as XML text or the value of an attribute, on one line; what XML cannot hold is spelt out. */
export function xmlText(text: string): string {
  return visible(text)
    .replace(/[&<>"]/g, (character) => entities[character] ?? '')
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** An element; attributes that are null are left out. `content`: lines of XML. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | null>>,
  content: readonly string[] = [],
): string[] {
  const words = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : [` ${key}="${xmlText(String(value))}"`],
  );
  const opening = `<${name}${words.join('')}`;
  if (content.length === 0) return [`${opening}/>`];
  return [`${opening}>`, ...content, `</${name}>`];
}
