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

/** A line that may be read again. */
interface ReadLine extends TextLine {
  /** How often it was part of a document that proved to be none. */
  readonly failures: number;
  /** Opens brackets that are known not to be closed: the line is broken. */
  readonly isOpen: boolean;
}

/** A line that was in so many documents that were none is read as one event or none. */
const mostFailures = 4;
/** What a line counts at least, in characters: many short ones take more memory than their text. */
const leastLine = 32;

/**
 * Reads line by line. A line that ends with brackets open begins a document; where that cannot be finished, its first
 * line is the broken one and those after it are read anew, so that a line cut short costs no event but its own. What is
 * read anew is bounded: the time is linear in the input.
 */
class EventReader {
  #document: ReadLine[] = [];
  #open = '';
  /** For each open bracket, the place of its line in the document. */
  #openers: number[] = [];
  #length = 0;

  take(line: TextLine): Iterable<StreamedEvent> {
    return this.#read([{ ...line, failures: 0, isOpen: false }]);
  }

  *end(): Generator<StreamedEvent> {
    while (this.#document.length > 0) {
      const again: ReadLine[] = [];
      // Nothing will close what is open now.
      yield this.#giveUp(cutOff, again, new Set(this.#openers));
      yield* this.#read(again);
    }
  }

  /** `lines`: the next one last. */
  *#read(lines: ReadLine[]): Generator<StreamedEvent> {
    for (let line = lines.pop(); line !== undefined; line = lines.pop()) {
      yield* this.#document.length === 0 ? this.#begin(line) : this.#goOn(line, lines);
    }
  }

  #begin(line: ReadLine): readonly StreamedEvent[] {
    const { text } = line;
    if (text === null) return [reportBroken(line, line.problem ?? notJson)];
    if (text.trim() === '') return [];
    if (line.isOpen) return [reportBroken(line, cutOff)];
    const next = openAfter('', text);
    if (typeof next === 'string') return [reportBroken(line, notJson)];
    if (next.open === '') return eventsOf(parseJsonText(text), line);
    if (line.failures > mostFailures) return [reportBroken(line, cutOff)];
    this.#add(line, next);
    return [];
  }

  #goOn(line: ReadLine, again: ReadLine[]): readonly StreamedEvent[] {
    const { text } = line;
    // No string goes over a line, so a blank one means nothing.
    if (text !== null && text.trim() === '') return [];
    const next = text === null ? 'wrong' : openAfter(this.#open, text);
    const isBegunAnew = text !== null && this.#isBegunAnew(text);
    if (isBegunAnew || typeof next === 'string') {
      again.push(line);
      return [this.#giveUp(cutOff, again, this.#cutShort(isBegunAnew, next === 'too-deep'))];
    }
    this.#add(line, next);
    if (this.#length > longestDocument) return [this.#giveUp(tooLong, again, this.#tooFarBack())];
    if (next.open !== '') return [];
    const whole = parseJsonText(this.#document.map((each) => each.text).join('\n'));
    const [first] = this.#document;
    if (whole === null || first === undefined) return [this.#giveUp(notJson, again, new Set())];
    this.#forget();
    return eventsOf(whole, first);
  }

  /** Whether a line is an event of its own, though a document is open: what was open was cut short. */
  #isBegunAnew(text: string): boolean {
    if (!/^[[{]/.test(text) || !/[\]}]/.test(text.trimEnd().slice(-1)) || this.#open === '[') return false;
    const alone = openAfter('', text);
    return typeof alone !== 'string' && alone.open === '' && parseJsonText(text) !== null;
  }

  /** The lines that a line which does not go on with the document leaves open. */
  #cutShort(isBegunAnew: boolean, isTooDeep: boolean): ReadonlySet<number> {
    // It may be an entry of the innermost list.
    if (isBegunAnew) return new Set(this.#open.endsWith('[') ? this.#openers.slice(0, -1) : this.#openers);
    // Too deep for all of them is not too deep for some.
    return new Set(isTooDeep ? this.#openers.slice(0, this.#openers.length / 2) : this.#openers);
  }

  /** The lines whose brackets would still be open when the half of what may be open is read. */
  #tooFarBack(): ReadonlySet<number> {
    let length = 0;
    const begins = this.#document.map((line) => {
      const begin = length;
      length += lengthOf(line);
      return begin;
    });
    return new Set(this.#openers.filter((place) => (begins[place] ?? 0) < longestDocument / 2));
  }

  #add(line: ReadLine, { open, least }: OpenBrackets): void {
    this.#openers.length = least;
    for (let depth = least; depth < open.length; depth += 1) this.#openers.push(this.#document.length);
    this.#document.push(line);
    this.#length += lengthOf(line);
    this.#open = open;
  }

  /** The first line is broken; `again` gets the others back. `open`: the places of lines that are known to stay open. */
  #giveUp(problem: string, again: ReadLine[], open: ReadonlySet<number>): StreamedEvent {
    const lines = this.#document;
    const [first] = lines;
    if (first === undefined) throw new Error('no document is open');
    for (let place = lines.length - 1; place > 0; place -= 1) {
      const line = lines[place];
      if (line !== undefined)
        again.push({ ...line, failures: line.failures + 1, isOpen: line.isOpen || open.has(place) });
    }
    this.#forget();
    return reportBroken(first, problem);
  }

  #forget(): void {
    this.#document = [];
    this.#open = '';
    this.#openers = [];
    this.#length = 0;
  }
}

function lengthOf({ text }: TextLine): number {
  return Math.max(leastLine, text?.length ?? 0);
}

const notJson = 'the line is not JSON';
const cutOff = 'the line begins JSON that does not end';

function reportBroken({ number }: TextLine, problem: string): StreamedEvent {
  return { where: `line-${number}`, problem };
}

function eventsOf(json: Json | null, line: TextLine): readonly StreamedEvent[] {
  if (json === null) return [reportBroken(line, notJson)];
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

interface OpenBrackets {
  readonly open: string;
  /** How many stayed open all through the line. */
  readonly least: number;
}

/**
 * The brackets that are open after a line of JSON, given those open before it; or why it cannot be JSON: nested too deep,
 * or a bracket too many, one that does not match, or a string without an end (none goes over a line).
 */
function openAfter(open: string, line: string): OpenBrackets | 'wrong' | 'too-deep' {
  let [stack, least] = [open, open.length];
  for (let at = nextMark(line, 0); at !== -1; at = nextMark(line, at + 1)) {
    const mark = line.charAt(at);
    if (mark === '"') {
      at = endOfString(line, at);
      if (at === -1) return 'wrong';
      continue;
    }
    const opening = closings[mark];
    if (opening === undefined) stack += mark;
    else if (stack.endsWith(opening)) stack = stack.slice(0, -1);
    else return 'wrong';
    least = Math.min(least, stack.length);
    if (stack.length > deepest) return 'too-deep';
  }
  return { open: stack, least };
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
