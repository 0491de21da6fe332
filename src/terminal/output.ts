import type { LookupOptions } from '../cli/options.ts';
import type { Run } from '../cli/run.ts';
import { UsageError } from '../core/fault.ts';
import type { Result } from '../core/record.ts';
import { nearest, runsInCi } from '../core/text.ts';
import { createFieldRenderer, createIdRenderer } from '../render/field.ts';
import { fieldNames, unknownFields } from '../render/fields.ts';
import { type Format, renderers } from '../render/index.ts';
import type { Ending, Renderer, View } from '../render/renderer.ts';
import type { World } from '../world.ts';
import { usesColor } from './messages.ts';
import type { Progress } from './progress.ts';

/** Where results go: through the format's renderer to stdout, each as soon as it is known. */
export interface ResultSink {
  result(result: Result): Promise<void>;
  end(ending: Ending): Promise<void>;
}

/** Stdout. */
export interface StdoutSink extends ResultSink {
  /** Resolves when the reader has taken all that was told. */
  flush(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

export const silent: StdoutSink = { result: nothing, end: nothing, flush: nothing };

export async function createOutput(
  options: LookupOptions,
  single: boolean,
  world: World,
  { progress, run }: { readonly progress: Pick<Progress, 'clear'>; readonly run: Pick<Run, 'abandon'> },
): Promise<StdoutSink> {
  checkFields([...(options.fields ?? []), ...(options.field === null ? [] : [options.field])]);
  if (options.quiet) return silent;
  const renderer = await rendererOf(options, viewOf(options, single, world));
  const write = (text: string): Promise<void> => {
    progress.clear();
    return world.stdout.write(text);
  };
  const out = createBatchedWriter(write, run.abandon);
  return {
    result: (result) => out.add(renderer.result(result)),
    end: async (ending) => {
      await out.add(renderer.end(ending));
      await out.flush();
    },
    flush: out.flush,
  };
}

/** Throws a usage error for a field that no record has. */
function checkFields(paths: readonly string[]): void {
  const [unknown] = unknownFields(paths);
  if (unknown === undefined) return;
  const near = nearest(unknown, fieldNames());
  const hint = near === null ? 'sbstatus schema result lists the fields' : `did you mean ${near}`;
  throw new UsageError(`no record has a field ${JSON.stringify(unknown)}`, hint);
}

async function rendererOf(options: LookupOptions, view: View): Promise<Renderer> {
  if (options.ids) return createIdRenderer(view);
  if (options.field !== null) return createFieldRenderer(options.field, view);
  const createRenderer = await renderers[options.output as Format]();
  return createRenderer(view);
}

function viewOf(options: LookupOptions, single: boolean, { stdout, env, clock }: World): View {
  return {
    columns: stdout.terminal ? stdout.columns : null,
    color: usesColor(stdout, env, options.color),
    ci: runsInCi(env),
    utc: options.utc,
    // A wait takes its time: ages are told as of when they are told.
    get now() {
      return clock.now();
    },
    single,
    fields: options.fields,
  };
}

/** Characters that may be held while the reader is slow. */
const mostHeld = 64 * 1024;

/** Text on its way out. Both reject with what the writing was rejected with, once it was. */
export interface BatchedWriter {
  /** Resolves at once, unless the reader is far behind. */
  add(text: string): Promise<void>;
  /** Resolves when all has been taken. */
  flush(): Promise<void>;
}

/**
 * Writes at once what was added within one turn of the event loop: a write a record takes as long as making the record.
 * Nothing waits longer than that turn, but for a write under way. `broken` is called when nothing can be written any more.
 */
export function createBatchedWriter(write: (text: string) => Promise<void>, broken: () => void): BatchedWriter {
  let held = '';
  let writing: Promise<void> | null = null;
  let failed = false;
  const work = async (): Promise<void> => {
    await new Promise(setImmediate);
    while (held !== '') {
      const text = held;
      held = '';
      await write(text);
    }
    writing = null;
  };
  const begin = (): Promise<void> => {
    const begun = work();
    // Heard of by who waits for it now, and by all who come later.
    begun.catch(() => {
      failed = true;
      broken();
    });
    return begun;
  };
  return {
    add: async (text) => {
      held += text;
      if (held === '') return;
      writing ??= begin();
      if (failed || held.length > mostHeld) await writing;
    },
    flush: async () => {
      await writing;
    },
  };
}
