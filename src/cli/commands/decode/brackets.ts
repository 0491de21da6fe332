/** Deeper nesting is refused: no provider needs it, and writing it out again would overflow the stack. */
const deepest = 64;

const quote = 0x22;
const backslash = 0x5c;
const closings: Readonly<Record<string, string>> = { '}': '{', ']': '[' };

/**
 * The brackets that are open after a line of JSON, given those open before it. Null where the line cannot be JSON: a
 * bracket too many, one that does not match, nested too deep, or a string without an end (none goes over a line).
 */
export function openAfter(open: string, line: string): string | null {
  let stack = open;
  for (let at = nextMark(line, 0); at !== -1; at = nextMark(line, at + 1)) {
    const mark = line.charAt(at);
    if (mark === '"') {
      at = endOfString(line, at);
      if (at === -1) return null;
      continue;
    }
    const opening = closings[mark];
    if (opening === undefined) stack += mark;
    else if (stack.endsWith(opening)) stack = stack.slice(0, -1);
    else return null;
    if (stack.length > deepest) return null;
  }
  return stack;
}

function nextMark(line: string, from: number): number {
  for (let at = from; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    // " [ ] { }
    if (code === quote || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d) return at;
  }
  return -1;
}

function endOfString(line: string, start: number): number {
  let at = line.indexOf('"', start + 1);
  while (at !== -1 && isEscaped(line, at)) at = line.indexOf('"', at + 1);
  return at;
}

function isEscaped(line: string, at: number): boolean {
  let slashes = 0;
  while (line.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
  return slashes % 2 === 1;
}
