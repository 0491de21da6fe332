import type { Exit } from '../core/exit.ts';
import type { Result, Summary } from '../core/record.ts';
import { withoutCommands } from '../core/text.ts';
import type { Paint } from './paint.ts';

/** How the answer will be looked at. Decoration depends on it, content never does. */
export interface View {
  /** Columns of the terminal, 0 where it does not say; null for a pipe or a file, where nothing is cut or decorated. */
  readonly columns: number | null;
  readonly color: boolean;
  /** It goes into the log of a CI job, which commands must not get into. */
  readonly ci: boolean;
  /** Times in UTC on a terminal too. */
  readonly utc: boolean;
  /** Epoch milliseconds, for ages. */
  readonly now: number;
  /** The command line asked for exactly one id: a record instead of a report, a card instead of a row. */
  readonly single: boolean;
  /** `--details`: a card for each message, with all that is known. */
  readonly details: boolean;
  /** `--fields`: paths such as `reason.code`; null: the format's own choice. */
  readonly fields: readonly string[] | null;
}

export interface Ending {
  readonly summary: Summary;
  readonly exit: Exit;
}

/** Turns results into text, one at a time, and prints nothing. The pieces in the order given are the output. */
export interface Renderer {
  /** `hint`: what the verdict adds to the record, for formats that explain it. */
  result(result: Result, hint: string | null): string;
  end(ending: Ending): string;
  /** What is held back until more is known, for somebody who looks on and has waited long enough. */
  release?(): string;
}

/** The same renderer; in CI none of its lines is a command. Each of its pieces must begin at the beginning of a line. */
export function logSafe(renderer: Renderer, { ci }: Pick<View, 'ci'>): Renderer {
  if (!ci) return renderer;
  return {
    result: (result, hint) => withoutCommands(renderer.result(result, hint)),
    end: (ending) => withoutCommands(renderer.end(ending)),
    ...(renderer.release === undefined ? {} : { release: () => withoutCommands(renderer.release?.() ?? '') }),
  };
}

/** A format that needs a library for some view loads it here, and only for that view. */
export type CreateRenderer = (view: View) => Renderer | Promise<Renderer>;

/** A view that is a terminal, with the width settled. */
export interface Screen extends View {
  readonly columns: number;
  readonly paint: Paint;
}

/** Columns where the terminal does not say. */
const usual = 80;

/** Narrower than this nothing is fitted any more: the terminal wraps. */
const narrowest = 20;

export function clampColumns(columns: number): number {
  return columns <= 0 ? usual : Math.max(narrowest, columns);
}
