import { Socket } from 'node:net';
import { UsageError } from '../core/fault.ts';
import type { Clock } from '../core/http.ts';
import type { DetailNames } from '../core/provider.ts';
import type { Result } from '../core/record.ts';
import { nearest, runsInCi } from '../core/text.ts';
import { createFieldRenderer, createIdRenderer } from '../render/field.ts';
import { fieldNames, unknownFields } from '../render/fields.ts';
import { formatOf } from '../render/index.ts';
import type { Ending, Renderer } from '../render/renderer.ts';
import type { World } from '../world.ts';
import { usesColor } from './messages.ts';
import type { Progress } from './progress.ts';

/** Where results go: through the format's renderer to stdout, each as soon as it is known. */
export interface ResultSink {
  /** `hint`: what the verdict adds to the record. */
  result(result: Result, hint: string | null): Promise<void>;
  end(ending: Ending): Promise<void>;
}

export interface OutputOptions {
  /** The name of a format. */
  readonly output: string;
  readonly fields: readonly string[] | null;
  readonly field: string | null;
  readonly details: boolean;
  /** The record holds the provider's body. */
  readonly raw: boolean;
  /** What `details` of each provider's records may hold. */
  readonly detailNames: readonly DetailNames[];
  /** Nothing but the ids of messages. */
  readonly ids: boolean;
  readonly quiet: boolean;
  readonly utc: boolean;
  readonly color: boolean;
}

/** Stdout. */
export interface StdoutSink extends ResultSink {
  /** Resolves when the reader has taken all that was told. */
  flush(): Promise<void>;
}

/** Null where nothing is to be printed. */
export async function createOutput(
  options: OutputOptions,
  single: boolean,
  world: World,
  deps: Omit<OutputDeps, 'stdout'>,
): Promise<StdoutSink | null> {
  for (const path of options.fields ?? []) checkField(path, options);
  if (options.field !== null) checkField(options.field, options);
  if (options.quiet) return null;
  const renderer = await rendererOf(options, single, world);
  const { stdout } = world;
  // The reader of a pipe may write to the terminal that has the live line; a file does not.
  const isSeen = stdout.terminal || stdout.stream instanceof Socket;
  return new BatchedOutput(renderer, { ...deps, progress: isSeen ? deps.progress : null, stdout });
}

/** Whether stdout is for people, so that with CI set it is masked; the bare value of a field is not. */
export function isForPeople({ output, field }: Pick<OutputOptions, 'output' | 'field'>): boolean {
  return field === null && formatOf(output).isForPeople;
}

/** Throws a usage error for a field that no record has. */
function checkField(path: string, { detailNames, raw }: Pick<OutputOptions, 'detailNames' | 'raw'>): void {
  if (/^raw(\.|$)/.test(path) && !raw) throw new UsageError(`${path} is there only with --raw`, 'add --raw');
  if (unknownFields([path], detailNames).length === 0) return;
  const depth = path.split('.').length;
  const names = fieldNames(detailNames).filter((name) => name.split('.').length === depth);
  const near = nearest(path, names);
  const hint = near === null ? 'sbstatus schema result lists the fields' : `did you mean ${near}?`;
  throw new UsageError(`no record has a field ${JSON.stringify(path)}`, hint);
}

async function rendererOf(options: OutputOptions, single: boolean, world: World): Promise<Renderer> {
  const { output, ids, field, fields, details, utc, color } = options;
  const { stdout, env, clock } = world;
  const ci = runsInCi(env);
  if (ids) return createIdRenderer({ ci });
  if (field !== null) return createFieldRenderer(field, { ci });
  const createRenderer = await formatOf(output).load();
  return createRenderer({
    columns: stdout.terminal ? stdout.columns : null,
    color: usesColor(stdout, env, color),
    ci,
    utc,
    // A wait takes its time: ages are told as of when they are told.
    get now() {
      return clock.now();
    },
    single,
    details,
    fields,
  });
}

/** How long somebody at a terminal waits for rows that are held back, milliseconds. */
const patienceMs = 300;

/** Characters that are written at once when the user has ended the run. */
const largestPart = 64 * 1024;
/** Characters that wait for the reader before the records wait for it too: many more than come between two turns of the event loop. */
const mostHeld = 1024 * 1024;
/** What a reader that takes nothing is given once the user has ended the run, milliseconds. */
const graceMs = 500;

interface OutputDeps {
  readonly stdout: Pick<World['stdout'], 'write' | 'terminal'>;
  readonly clock: Pick<Clock, 'alarm'>;
  readonly progress: Pick<Progress, 'clear'> | null;
  /** What may end the run while the reader takes nothing. */
  readonly run: { readonly abortSignal: AbortSignal; readonly isInterrupted: boolean };
  /** Called once, when nothing can be written any more. */
  onBroken(): void;
}

/**
 * Writes at once what was added within one turn of the event loop: a write a record takes as long as making the record.
 * Nothing waits longer than that turn, but for a write under way. What the writing was rejected with, all reject with.
 */
export class BatchedOutput implements StdoutSink {
  readonly #renderer: Renderer;
  readonly #deps: OutputDeps;
  #held = '';
  #stopAlarm: (() => void) | null = null;
  #writing: Promise<void> | null = null;
  #error: unknown = null;
  /** The user ended the run, and the reader took nothing then. */
  #isLeft = false;
  #leave: () => void = () => undefined;
  #stopHurry: (() => void) | null = null;

  constructor(renderer: Renderer, deps: OutputDeps) {
    this.#renderer = renderer;
    this.#deps = deps;
    deps.run.abortSignal.addEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    if (this.#deps.run.isInterrupted && this.#writing !== null) this.#hurry();
  };

  /** Resolves at once, unless the reader is far behind. */
  async result(result: Result, hint: string | null): Promise<void> {
    this.#held += this.#renderer.result(result, hint);
    if (this.#deps.stdout.terminal && this.#renderer.release !== undefined) {
      this.#stopAlarm ??= this.#deps.clock.alarm(patienceMs, this.#release);
    }
    if (this.#held !== '') this.#writing ??= this.#writeHeld();
    if (this.#error !== null || this.#held.length > mostHeld) await this.flush();
  }

  readonly #release = (): void => {
    this.#held += this.#renderer.release?.() ?? '';
    if (this.#held !== '') this.#writing ??= this.#writeHeld();
  };

  async end(ending: Ending): Promise<void> {
    this.#stopAlarm?.();
    this.#held += this.#renderer.end(ending);
    await this.flush();
    this.#deps.run.abortSignal.removeEventListener('abort', this.#onAbort);
  }

  async flush(): Promise<void> {
    if (this.#held !== '' && !this.#isLeft) this.#writing ??= this.#writeHeld();
    await this.#writing;
    if (this.#error !== null) throw this.#error;
  }

  async #writeHeld(): Promise<void> {
    await new Promise(setImmediate);
    try {
      while (this.#held !== '' && !this.#isLeft) {
        const text = this.#deps.run.isInterrupted ? firstPart(this.#held) : this.#held;
        this.#held = this.#held.slice(text.length);
        this.#deps.progress?.clear();
        if (this.#deps.run.isInterrupted) this.#hurry();
        await new Promise<void>((resolve, reject) => {
          this.#leave = resolve;
          this.#deps.stdout.write(text).then(resolve, reject);
        });
      }
      this.#stopHurry?.();
      this.#writing = null;
    } catch (error) {
      // Heard of by all who wait for it now, or come later.
      this.#error = error;
      this.#stopHurry?.();
      this.#deps.onBroken();
    }
  }

  /** Once the user has ended the run, a reader that takes nothing is not waited for. */
  #hurry(): void {
    this.#stopHurry?.();
    this.#stopHurry = this.#deps.clock.alarm(graceMs, () => {
      this.#isLeft = true;
      this.#leave();
    });
  }
}

/** As much as a pipe holds, so that a reader who takes some of it is told from one who takes nothing. No pair is cut. */
function firstPart(text: string): string {
  const isCut = /[\uD800-\uDBFF]/.test(text.charAt(largestPart - 1));
  return text.slice(0, isCut ? largestPart - 1 : largestPart);
}
