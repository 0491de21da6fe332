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
  result(result: Result): void;
  /** Takes the live line away; it comes back by itself. To be called right before anything else is written. */
  clear(): void;
  end(): void;
}

export interface ProgressOptions {
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly verbose: boolean;
  readonly wait: boolean;
  readonly color: boolean;
}

/** A run must last this long before a live line is worth loading, milliseconds. */
const patienceMs = 400;
const tickMs = 1000;

/** `total`: how many messages, where the command line tells. Null where there is nothing to show. */
export function createProgress(
  options: ProgressOptions,
  total: number | null,
  world: World,
  messages: Messages,
): Progress | null {
  const { stderr, env } = world;
  if (options.quiet) return null;
  // A trace and a live line would tear each other apart.
  const isDrawable = stderr.terminal && stderr.columns > 0 && env['TERM'] !== 'dumb' && !runsInCi(env);
  if (isDrawable && !options.debug && !options.verbose) return liveLine(total, options, world);
  return options.wait ? logChanges(messages) : null;
}

/** One line a change, for logs. */
function logChanges(messages: Messages): Progress {
  const last = new Map<number, string>();
  const lookup = ({ index, id }: LookupItem, result: LookupResult, nextMs: number): void => {
    const state = stateOf(result);
    if (last.get(index) === state) return;
    last.set(index, state);
    void messages.note(`${id}: ${state}; checking again in ${formatDuration(nextMs)}`);
  };
  const nothing = (): void => undefined;
  return { lookup, result: (result) => void last.delete(result.index), clear: nothing, end: nothing };
}

function stateOf(result: LookupResult): string {
  if (result.kind === 'answer') return result.value.status.state;
  const { code } = result.fault;
  return code === 'not-found' ? 'not found yet' : `no answer yet (${code})`;
}

interface ProgressState {
  readonly total: number | null;
  readonly startedAt: number;
  /** By outcome. */
  readonly counts: Map<string, number>;
  /** The last look-up of a message that is waited for. */
  waiting: {
    readonly item: LookupItem;
    readonly state: string;
    readonly since: number;
    readonly nextAt: number;
  } | null;
  done: number;
}

/**
 * One line that is drawn anew each second. ora writes it; its own timer, twelve times a second, is never started, nor is
 * the cursor hidden: a run that is suspended or killed leaves the terminal as it was.
 */
function liveLine(total: number | null, options: Pick<ProgressOptions, 'color'>, world: World): Progress {
  const { clock, stderr } = world;
  const state: ProgressState = { total, startedAt: clock.monotonic(), counts: new Map(), waiting: null, done: 0 };
  let line: Ora | null = null;
  const draw = (): void => {
    // A terminal may lose its columns while we draw on it, and may be closed.
    if (line === null || stderr.columns <= 0 || stderr.gone.aborted) return;
    line.text = textOf(state, clock.monotonic(), stderr.columns);
    line.render();
  };
  const begin = async (): Promise<void> => {
    const { default: ora } = await import('ora');
    const color = usesColor(stderr, world.env, options.color) ? 'cyan' : false;
    // ora would decide for itself whether to draw, and discardStdin would make Ctrl-C dead on a fresh terminal.
    line = ora({ stream: drawable(stderr), discardStdin: false, hideCursor: false, isEnabled: true, color });
    draw();
  };
  let ticking: NodeJS.Timeout | null = null;
  const starting = setTimeout(() => {
    ticking = setInterval(draw, tickMs).unref();
    void begin();
  }, patienceMs).unref();
  return {
    lookup: (item, result, nextMs) => {
      const now = clock.monotonic();
      const current = stateOf(result);
      const isSame = state.waiting?.item.index === item.index && state.waiting.state === current;
      const since = isSame ? (state.waiting?.since ?? now) : now;
      state.waiting = { item, state: current, since, nextAt: now + nextMs };
    },
    result: ({ outcome }) => {
      const kind = outcome ?? 'no answer';
      state.done += 1;
      state.counts.set(kind, (state.counts.get(kind) ?? 0) + 1);
    },
    clear: () => void line?.clear(),
    end: () => {
      clearTimeout(starting);
      if (ticking !== null) clearInterval(ticking);
      line?.clear();
      line = null;
    },
  };
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
  const { total, waiting } = state;
  const text = total === 1 ? (waiting === null ? 'asking' : waitText(waiting, now)) : batchText(state, now);
  return visible(text).slice(0, Math.max(0, columns - 3));
}

function waitText(waiting: NonNullable<ProgressState['waiting']>, now: number): string {
  const { item, state, since, nextAt } = waiting;
  return `${state} for ${inSeconds(now - since)}, checking again in ${inSeconds(nextAt - now)}: ${item.id}`;
}

/** The line is drawn once a second, so that milliseconds would only flicker. */
function inSeconds(ms: number): string {
  return ms < 1000 ? `${ms < 500 ? 0 : 1} s` : formatDuration(ms);
}

function batchText({ total, done, counts, startedAt }: ProgressState, now: number): string {
  const perSecond = done / Math.max(0.001, (now - startedAt) / 1000);
  const kinds = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  const hasRest = total !== null && perSecond > 0 && done < total;
  const left = hasRest ? `, ${formatDuration(Math.ceil((total - done) / perSecond) * 1000)} left` : '';
  const of = total === null ? '' : `/${total}`;
  return `${done}${of} done${kinds === '' ? '' : ` (${kinds})`}, ${perSecond.toFixed(1)}/s${left}`;
}
