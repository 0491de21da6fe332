/** At most this many characters; no provider has ids near it, and servers answer 431 to far longer ones. */
const longestId = 256;

/**
 * Why an id cannot be asked for, or null when it can. `anyCharacter`: the provider's ids may hold blanks
 * at the edges and control characters (SFMC's keys have no restricted character).
 */
export function idProblem(id: string, anyCharacter: boolean): string | null {
  if (id === '') return 'the id is empty';
  if (id === '.' || id === '..') return 'the id is a path segment that leads to another address';
  if (!id.isWellFormed()) return 'the id holds half a surrogate pair, which no URL can carry';
  if (id.length > longestId) return `the id is longer than ${longestId} characters`;
  if (anyCharacter) return null;
  if (id.trim() !== id) return 'the id begins or ends with a blank';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(id)) return 'the id holds a control character';
  return null;
}
