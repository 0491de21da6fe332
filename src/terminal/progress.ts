import type { Ora } from 'ora';
import type { LookupItem, LookupResult } from '../core/item.ts';
import type { Result } from '../core/record.ts';
import { runsInCi } from '../core/text.ts';
import { formatDuration } from '../core/time.ts';
import { visible } from '../render/safe-text.ts';
import type { Output, World } from '../world.ts';
import { type Messages, usesColor } from './messages.ts';

/** Shows on stderr what goes on while it goes on, where somebody looks. */
export interface Progress {
  /** A look-up that was not the last of its message; `nextMs`: when the next one is due. */
  lookup(item: LookupItem, result: LookupResult, nextMs: number): void;
  /** A message that is done with. */
  result(result: Result): void;
  /** All of the input is read: so many messages. */
  total(count: number): void;
  /** Takes the live line away; it comes back by itself, below what is written. To be called right before that. */
  clear(): void;
  end(): void;
}

export interface ProgressOptions {
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly verbose: boolean;
  readonly wait: boolean;
  readonly color: boolean;
  /** Somebody types the ids: a line that moves would be drawn over them. */
  readonly isTyped: boolean;
}

/** A run must last this long before a live line is worth loading, milliseconds. */
const patienceMs = 400;
/** The live line is drawn once a second near a change, and else more rarely: a run that waits should not wake for nothing. */
const tickMs = 1000;
/** What the reader of a pipe is given to write to the same terminal, milliseconds. */
const readerMs = 100;
const restingTickMs = 5000;

/** `total`: how many messages, where the command line tells. Null where there is nothing to show. */
export function createProgress(
  options: ProgressOptions,
  total: number | null,
  world: World,
  messages: Messages,
): Progress | null {
  const { stderr, env } = world;
  if (options.quiet || options.isTyped) return null;
  // A trace and a live line would tear each other apart.
  const isDrawable = stderr.terminal && stderr.columns > 0 && env['TERM'] !== 'dumb' && !runsInCi(env);
  const state: ProgressState = {
    total,
    startedAt: world.clock.monotonic(),
    changedAt: world.clock.monotonic(),
    counts: new Map(),
    waiting: new Map(),
    last: null,
    done: 0,
    hasEstimate: !options.wait,
  };
  if (isDrawable && !options.debug && !options.verbose) return liveLine(state, options, world);
  return options.wait ? logChanges(state, world, messages) : null;
}

/** How often a log says that the run still waits. */
const heartbeatMs = 60_000;

/** For logs: one line a change, one when a message that was waited for is done, and one a minute. */
function logChanges(state: ProgressState, { clock }: Pick<World, 'clock'>, messages: Messages): Progress {
  let silence = (): void => undefined;
  const beat = (): void => {
    if (state.waiting.size > 0) void messages.note(`still waiting: ${batchText(state, clock.monotonic())}`);
    silence = clock.alarm(heartbeatMs, beat);
  };
  silence = clock.alarm(heartbeatMs, beat);
  return {
    lookup: (item, result, nextMs) => {
      const before = state.waiting.get(item.index)?.word;
      noteLookup(state, item, result, clock.monotonic() + nextMs, clock.monotonic());
      const word = wordOf(result);
      if (before !== word) {
        void messages.note(`${item.name ?? item.id}: ${word}; checking again in ${formatDuration(nextMs)}`);
      }
    },
    result: (result) => {
      // Of a single message that is not ok the last line says more.
      const isNews = state.waiting.has(result.index) && (state.total !== 1 || result.exit.name === 'ok');
      noteResult(state, result);
      const end = result.terminal === true ? 'final' : result.exit.name;
      if (isNews) void messages.note(`${result.name ?? result.id}: ${result.state ?? 'no answer'} (${end})`);
    },
    total: (count) => {
      state.total = count;
    },
    clear: () => undefined,
    end: () => silence(),
  };
}

function wordOf(result: LookupResult): string {
  if (result.kind === 'answer') return result.value.status.state;
  const { code } = result.fault;
  return code === 'not-found' ? 'not found yet' : `no answer yet (${code})`;
}

/** A message that is waited for. Times in monotonic milliseconds. */
interface Waiting {
  readonly id: string;
  readonly word: string;
  readonly since: number;
  readonly nextAt: number;
}

interface ProgressState {
  total: number | null;
  /** Times in monotonic milliseconds. */
  readonly startedAt: number;
  changedAt: number;
  /** Messages that are done with, by outcome. */
  readonly counts: Map<string, number>;
  /** By their place in the input. */
  readonly waiting: Map<number, Waiting>;
  /** The one that was looked up last. */
  last: Waiting | null;
  done: number;
  /** How long the rest takes follows from the pace; where it waits for other people's systems, it does not. */
  readonly hasEstimate: boolean;
}

function noteLookup(state: ProgressState, item: LookupItem, result: LookupResult, nextAt: number, now: number): void {
  const word = wordOf(result);
  const before = state.waiting.get(item.index);
  const since = before?.word === word ? before.since : now;
  state.last = { id: item.name ?? item.id, word, since, nextAt };
  state.waiting.set(item.index, state.last);
}

function noteResult(state: ProgressState, { index, outcome }: Result): void {
  const kind = outcome ?? 'no answer';
  state.waiting.delete(index);
  state.done += 1;
  state.counts.set(kind, (state.counts.get(kind) ?? 0) + 1);
}

/**
 * One line that is drawn anew while the run goes on. ora writes it; its own timer, twelve times a second, is never
 * started, nor is the cursor hidden: a run that is suspended or killed leaves the terminal as it was.
 */
function liveLine(state: ProgressState, options: Pick<ProgressOptions, 'color'>, world: World): Progress {
  const { clock, stderr } = world;
  let line: Ora | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isResting = false;
  let isCleared = false;
  const drawIn = (ms: number): void => {
    if (timer !== null) clearTimeout(timer);
    isResting = ms > tickMs;
    timer = setTimeout(draw, ms).unref();
  };
  const draw = (): void => {
    const now = clock.monotonic();
    isCleared = false;
    drawIn(nextDrawMs(state, now));
    // A terminal may lose its columns while we draw on it, and may be closed.
    if (line === null || stderr.columns <= 0 || stderr.gone.aborted) return;
    line.text = textOf(state, now, stderr.columns);
    line.render();
  };
  const begin = async (): Promise<void> => {
    const { default: ora } = await import('ora');
    const color = usesColor(stderr, world.env, options.color) ? 'cyan' : false;
    // ora would decide for itself whether to draw, and discardStdin would make Ctrl-C dead on a fresh terminal.
    line = ora({ stream: drawable(stderr), discardStdin: false, hideCursor: false, isEnabled: true, color });
    draw();
  };
  timer = setTimeout(() => void begin(), patienceMs).unref();
  const noteChange = (now: number): void => {
    state.changedAt = now;
    if (isResting) drawIn(tickMs);
  };
  return {
    lookup: (item, result, nextMs) => {
      const now = clock.monotonic();
      noteLookup(state, item, result, now + nextMs, now);
      noteChange(now);
    },
    result: (result) => {
      noteResult(state, result);
      noteChange(clock.monotonic());
    },
    total: (count) => {
      state.total = count;
      noteChange(clock.monotonic());
    },
    clear: () => {
      line?.clear();
      if (line !== null && !isCleared) drawIn(world.stdout.terminal ? 0 : readerMs);
      isCleared = true;
    },
    end: () => {
      if (timer !== null) clearTimeout(timer);
      line?.clear();
      line = null;
    },
  };
}

/** Milliseconds until the line is drawn again. What counts down meanwhile shows whole multiples of the step. */
function nextDrawMs(state: ProgressState, now: number): number {
  const leftMs = nextLookupAt(state) - now;
  const isNear = now - state.changedAt < restingTickMs || leftMs <= restingTickMs + tickMs;
  const stepMs = isNear ? tickMs : restingTickMs;
  if (leftMs <= 0 || !Number.isFinite(leftMs)) return stepMs;
  const rest = leftMs % stepMs;
  return rest < tickMs / 5 ? rest + stepMs : rest;
}

/** Monotonic milliseconds; infinite where nothing is waited for. */
function nextLookupAt({ waiting }: ProgressState): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const { nextAt } of waiting.values()) earliest = Math.min(earliest, nextAt);
  return earliest;
}

/** ora counts the lines of its text by the columns: with none of them it would never come to an end. */
function drawable({ stream }: Output): NodeJS.WritableStream {
  return new Proxy(stream, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === 'columns') return typeof value === 'number' && value > 0 ? value : 80;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function textOf(state: ProgressState, now: number, columns: number): string {
  const { total, last } = state;
  const text =
    total === 1 ? (last === null ? 'asking' : waitText(last, now)) : `${batchText(state, now)}${nextText(state, now)}`;
  return visible(text).slice(0, Math.max(0, columns - 3));
}

/** Where a batch has nothing to do but wait, until when. */
function nextText(state: ProgressState, now: number): string {
  const leftMs = nextLookupAt(state) - now;
  return leftMs < tickMs || !Number.isFinite(leftMs) ? '' : `, checking again in ${inSeconds(leftMs)}`;
}

function waitText({ id, word, since, nextAt }: Waiting, now: number): string {
  return `${word} for ${inSeconds(now - since)}, checking again in ${inSeconds(nextAt - now)}: ${id}`;
}

/** The line is drawn once a second, so that milliseconds would only flicker. */
function inSeconds(ms: number): string {
  return ms < 1000 ? `${ms < 500 ? 0 : 1} s` : formatDuration(ms);
}

/** What is done, what is waited for, and, where it can be told, how fast and how long the rest takes. */
function batchText(state: ProgressState, now: number): string {
  const { total, done, counts, waiting, hasEstimate } = state;
  const head = `${done}${total === null ? '' : `/${total}`} done${listCounts(counts, (kinds) => ` (${kinds})`)}`;
  const words = new Map<string, number>();
  for (const { word } of waiting.values()) words.set(word, (words.get(word) ?? 0) + 1);
  return `${head}${listCounts(words, (kinds) => `, waiting for ${kinds}`)}${hasEstimate ? paceText(state, now) : ''}`;
}

function listCounts(counts: ReadonlyMap<string, number>, format: (kinds: string) => string): string {
  return counts.size === 0 ? '' : format([...counts].map(([name, count]) => `${count} ${name}`).join(', '));
}

function paceText({ total, done, startedAt }: ProgressState, now: number): string {
  const perSecond = done / Math.max(0.001, (now - startedAt) / 1000);
  const hasRest = total !== null && done > 0 && done < total;
  const left = hasRest ? `, ${formatDuration(Math.ceil((total - done) / perSecond) * 1000)} left` : '';
  return `, ${perSecond.toFixed(1)}/s${left}`;
}
