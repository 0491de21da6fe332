import type { CreateRenderer } from './renderer.ts';

/** Every output format; each is loaded when it is asked for. Another one is one file and one line here. */
export const renderers = {
  table: async () => (await import('./table.ts')).createTableRenderer,
  json: async () => (await import('./json.ts')).createJsonRenderer,
  ndjson: async () => (await import('./json.ts')).createNdjsonRenderer,
  csv: async () => (await import('./csv.ts')).createCsvRenderer,
} as const satisfies Record<string, () => Promise<CreateRenderer>>;

export type Format = keyof typeof renderers;

export const formats = Object.keys(renderers) as readonly Format[];
