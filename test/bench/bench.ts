/** What a part of the benchmarks is handed. */
export interface Bench {
  readonly root: string;
  /** A folder of its own, removed at the end. */
  readonly folder: string;
  /** Where the look-ups go. */
  readonly origin: string;
  /** Interleaved rounds of start-up measurements. */
  readonly rounds: number;
  /** Ids of a throughput measurement; the other sizes follow from it. */
  readonly ids: number;
  /** The program as it is shipped. */
  readonly bin: string;
  /** What the program finds in its environment: credentials and address, and no certificates. */
  readonly env: Readonly<Record<string, string>>;
  rival(name: string): string;
  say(text: string): void;
}

/** A part's result, as it goes into docs/benchmarks.md. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type Part = (bench: Bench) => Promise<readonly Section[]>;
