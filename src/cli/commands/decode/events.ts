import { openAfter } from './brackets.ts';
import { type Line, linesOf, longestDocument, tooLong } from './lines.ts';

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
  for await (const line of linesOf(stream)) {
    for (const event of reader.take(line)) yield event;
  }
  for (const event of reader.end()) yield event;
}

/**
 * Reads line by line. A line that ends with brackets open begins a document; where that cannot be finished, its first
 * line is the broken one and those after it are read anew, so that a line cut short costs no event but its own.
 */
class EventReader {
  #document: Line[] = [];
  #open = '';
  #length = 0;

  take(line: Line): StreamedEvent[] {
    return this.#read([line]);
  }

  end(): StreamedEvent[] {
    const events: StreamedEvent[] = [];
    while (this.#document.length > 0) {
      const again: Line[] = [];
      events.push(this.#giveUp(cutOff, again), ...this.#read(again));
    }
    return events;
  }

  /** `lines`: the next one last. */
  #read(lines: Line[]): StreamedEvent[] {
    const events: StreamedEvent[] = [];
    for (let line = lines.pop(); line !== undefined; line = lines.pop()) {
      const read = this.#document.length === 0 ? this.#begin(line) : this.#goOn(line, lines);
      for (const event of read) events.push(event);
    }
    return events;
  }

  #begin(line: Line): readonly StreamedEvent[] {
    const { text } = line;
    if (text === null) return [broken(line, line.problem ?? notJson)];
    if (text.trim() === '') return [];
    const open = openAfter('', text);
    if (open === null) return [broken(line, notJson)];
    if (open === '') return eventsOf(parsed(text), line);
    this.#add(line, open);
    return [];
  }

  #goOn(line: Line, again: Line[]): readonly StreamedEvent[] {
    const { text } = line;
    const open = text === null || this.#isBegunAnew(text) ? null : openAfter(this.#open, text);
    if (open === null) {
      again.push(line);
      return [this.#giveUp(cutOff, again)];
    }
    this.#add(line, open);
    if (this.#length > longestDocument) return [this.#giveUp(tooLong, again)];
    if (open !== '') return [];
    const whole = parsed(this.#document.map((each) => each.text).join('\n'));
    const [first] = this.#document;
    if (whole === null || first === undefined) return [this.#giveUp(notJson, again)];
    this.#forget();
    return eventsOf(whole, first);
  }

  /** Whether a line is an event of its own, though a document is open: what was open was cut short. */
  #isBegunAnew(text: string): boolean {
    if (!/^[[{]/.test(text) || this.#open === '[') return false;
    return openAfter('', text) === '' && parsed(text) !== null;
  }

  #add(line: Line, open: string): void {
    this.#document.push(line);
    this.#length += line.text?.length ?? 0;
    this.#open = open;
  }

  /** The first line is broken; `again` gets the others back. */
  #giveUp(problem: string, again: Line[]): StreamedEvent {
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

function broken({ number }: Line, problem: string): StreamedEvent {
  return { where: `line-${number}`, problem };
}

function eventsOf(json: Json | null, line: Line): readonly StreamedEvent[] {
  if (json === null) return [broken(line, notJson)];
  const where = `line-${line.number}`;
  const { value } = json;
  if (!Array.isArray(value)) return [{ where, value, problem: null }];
  return value.map((each: unknown, place) => ({ where: `${where}-event-${place + 1}`, value: each, problem: null }));
}

interface Json {
  readonly value: unknown;
}

function parsed(text: string): Json | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}
