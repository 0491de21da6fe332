import { longestDocument, readTextLines, type TextLine, tooLong } from './decode-lines.ts';

/** An event of the input, or why a line holds none. */
export interface StreamedEvent {
  /** What finds it again: `line-3`, `line-1-event-2`. */
  readonly where: string;
  readonly value?: unknown;
  readonly problem: string | null;
}

/** The events of a stream, each as soon as it is whole: one a line, in arrays, or in documents over several lines. */
export async function* eventsIn(stream: AsyncIterable<unknown>): AsyncGenerator<StreamedEvent> {
  const reader = new EventReader();
  for await (const line of readTextLines(stream)) {
    for (const event of reader.take(line)) yield event;
  }
  for (const event of reader.end()) yield event;
}

/**
 * Reads line by line. A line that ends with brackets open begins a document; where that cannot be finished, its first
 * line is the broken one and those after it are read anew, so that a line cut short costs no event but its own.
 */
class EventReader {
  #document: TextLine[] = [];
  #open = '';
  #length = 0;

  take(line: TextLine): StreamedEvent[] {
    return this.#read([line]);
  }

  end(): StreamedEvent[] {
    const events: StreamedEvent[] = [];
    while (this.#document.length > 0) {
      const again: TextLine[] = [];
      events.push(this.#giveUp(cutOff, again), ...this.#read(again));
    }
    return events;
  }

  /** `lines`: the next one last. */
  #read(lines: TextLine[]): StreamedEvent[] {
    const events: StreamedEvent[] = [];
    for (let line = lines.pop(); line !== undefined; line = lines.pop()) {
      const read = this.#document.length === 0 ? this.#begin(line) : this.#goOn(line, lines);
      for (const event of read) events.push(event);
    }
    return events;
  }

  #begin(line: TextLine): readonly StreamedEvent[] {
    const { text } = line;
    if (text === null) return [broken(line, line.problem ?? notJson)];
    if (text.trim() === '') return [];
    const open = openAfter('', text);
    if (open === null) return [broken(line, notJson)];
    if (open === '') return eventsOf(parseJsonText(text), line);
    this.#add(line, open);
    return [];
  }

  #goOn(line: TextLine, again: TextLine[]): readonly StreamedEvent[] {
    const { text } = line;
    const open = text === null || this.#isBegunAnew(text) ? null : openAfter(this.#open, text);
    if (open === null) {
      again.push(line);
      return [this.#giveUp(cutOff, again)];
    }
    this.#add(line, open);
    if (this.#length > longestDocument) return [this.#giveUp(tooLong, again)];
    if (open !== '') return [];
    const whole = parseJsonText(this.#document.map((each) => each.text).join('\n'));
    const [first] = this.#document;
    if (whole === null || first === undefined) return [this.#giveUp(notJson, again)];
    this.#forget();
    return eventsOf(whole, first);
  }

  /** Whether a line is an event of its own, though a document is open: what was open was cut short. */
  #isBegunAnew(text: string): boolean {
    if (!/^[[{]/.test(text) || this.#open === '[') return false;
    return openAfter('', text) === '' && parseJsonText(text) !== null;
  }

  #add(line: TextLine, open: string): void {
    this.#document.push(line);
    this.#length += line.text?.length ?? 0;
    this.#open = open;
  }

  /** The first line is broken; `again` gets the others back. */
  #giveUp(problem: string, again: TextLine[]): StreamedEvent {
    const [first, ...others] = this.#document;
    if (first === undefined) throw new Error('no document is open');
    for (const line of others.reverse()) again.push(line);
    this.#forget();
    return broken(first, problem);
  }

  #forget(): void {
    this.#document = [];
    this.#open = '';
    this.#length = 0;
  }
}

const notJson = 'the line is not JSON';
const cutOff = 'the line begins JSON that does not end';

function broken({ number }: TextLine, problem: string): StreamedEvent {
  return { where: `line-${number}`, problem };
}

function eventsOf(json: Json | null, line: TextLine): readonly StreamedEvent[] {
  if (json === null) return [broken(line, notJson)];
  const where = `line-${line.number}`;
  const { value } = json;
  if (!Array.isArray(value)) return [{ where, value, problem: null }];
  return value.map((each: unknown, place) => ({ where: `${where}-event-${place + 1}`, value: each, problem: null }));
}

interface Json {
  readonly value: unknown;
}

function parseJsonText(text: string): Json | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

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
