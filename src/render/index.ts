import type { CreateRenderer } from './renderer.ts';

/** What an output format is; nothing else in the program compares a format's name. */
export interface Format {
  /** Loaded when it is asked for. */
  load(): Promise<CreateRenderer>;
  /** To be read by people, so that with CI set it is masked. */
  readonly isForPeople: boolean;
  /** Each record is a line of its own that names its place: with `--wait` they come as they are done. */
  readonly isStream: boolean;
  /** On a terminal they come so too: somebody looks on. */
  readonly isShownLive?: true;
  /** How an error that belongs to no record is written on stderr. */
  readonly errors: 'text' | 'json';
}

/** Every output format. Another one is one file and one line here. */
export const formats: Readonly<Record<string, Format>> = {
  table: {
    load: async () => (await import('./table.ts')).createTableRenderer,
    isForPeople: true,
    isStream: false,
    isShownLive: true,
    errors: 'text',
  },
  tsv: {
    load: async () => (await import('./tsv.ts')).createTsvRenderer,
    isForPeople: true,
    isStream: false,
    errors: 'text',
  },
  json: {
    load: async () => (await import('./json.ts')).createJsonRenderer,
    isForPeople: false,
    isStream: false,
    errors: 'json',
  },
  ndjson: {
    load: async () => (await import('./json.ts')).createNdjsonRenderer,
    isForPeople: false,
    isStream: true,
    errors: 'json',
  },
  csv: {
    load: async () => (await import('./csv.ts')).createCsvRenderer,
    isForPeople: false,
    isStream: false,
    errors: 'text',
  },
};

/** The format where the command line names none: scripts rely on what a pipe gets. */
export function defaultFormat(isTerminal: boolean): string {
  return isTerminal ? 'table' : 'tsv';
}

/** Throws for a name that is no format: the command line takes no other. */
export function formatOf(name: string): Format {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
}
