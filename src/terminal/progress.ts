import type { Ora } from 'ora';
import type { LookupOptions } from '../cli/options.ts';
import { Fault } from '../core/fault.ts';
import type { LookupItem, LookupResult } from '../core/lookup.ts';
import type { Result } from '../core/record.ts';
import { formatDuration } from '../core/time.ts';
import { visible } from '../render/safe-text.ts';
import type { World } from '../world.ts';
import { type Messages, usesColor } from './messages.ts';

/** Told what goes on while it goes on; shows it on stderr where somebody looks. */
export interface Progress {
  /** A look that was not the last; `nextMs`: when the next one is due. */
  look(ask: LookupItem, answer: LookupResult, nextMs: number): void;
  result(result: Result): void;
  /** Takes the live line away; it comes back by itself. To be called right before anything else is written. */
  clear(): void;
  end(): void;
}

/** A run must last this long before a live line is worth loading, milliseconds. */
const patienceMs = 400;
const tickMs = 1000;

export function createProgress(
  options: Pick<LookupOptions, 'quiet' | 'debug' | 'verbose' | 'wait' | 'color'>,
  total: number | null,
  world: World,
  voice: Messages,
): Progress {
  const { stderr, env } = world;
  if (options.quiet) return silent;
  // A terminal of no columns sends ora into an endless loop; a trace and a live line would tear each other apart.
  const drawable = stderr.terminal && stderr.columns > 0 && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '';
  if (drawable && !options.debug && !options.verbose) return liveLine(total, options, world);
  return options.wait ? logChanges(voice) : silent;
}

const nothing = (): void => undefined;
const silent: Progress = { look: nothing, result: nothing, clear: nothing, end: nothing };

/** One line a change, for logs. */
function logChanges(voice: Messages): Progress {
  const last = new Map<number, string>();
  const look = (ask: LookupItem, answer: LookupResult, nextMs: number): void => {
    const state = stateOf(answer);
    if (last.get(ask.index) === state) return;
    last.set(ask.index, state);
    void voice.note(`${ask.id}: ${state}; next look in ${formatDuration(nextMs)}`);
  };
  return { ...silent, look, result: (result) => void last.delete(result.index) };
}

function stateOf({ result }: LookupResult): string {
  return result instanceof Fault ? `no answer (${result.code})` : result.status.state;
}

interface ProgressState {
  readonly total: number | null;
  readonly startedAt: number;
  /** By outcome. */
  readonly counts: Map<string, number>;
  /** The last look, of a message that is waited for. */
  waiting: { readonly ask: LookupItem; readonly state: string; readonly since: number; readonly nextAt: number } | null;
  done: number;
}

function liveLine(total: number | null, options: Pick<LookupOptions, 'color'>, world: World): Progress {
  const { clock } = world;
  const scene: ProgressState = { total, startedAt: clock.monotonic(), counts: new Map(), waiting: null, done: 0 };
  let spinner: Ora | null = null;
  let ended = false;
  const refresh = (): void => {
    if (spinner !== null) spinner.text = textOf(scene, clock.monotonic(), world.stderr.columns);
  };
  const begin = async (): Promise<void> => {
    const { default: ora } = await import('ora');
    // discardStdin would make Ctrl-C dead on a fresh terminal.
    const color = usesColor(world.stderr, world.env, options.color) ? 'cyan' : false;
    // ora would decide anew, by the process it is in.
    const isEnabled = true;
    if (!ended) spinner = ora({ stream: world.stderr.stream, discardStdin: false, isEnabled, color }).start();
    refresh();
  };
  const starting = setTimeout(() => void begin(), patienceMs).unref();
  const ticking = setInterval(refresh, tickMs).unref();
  return {
    look: (ask, answer, nextMs) => {
      const now = clock.monotonic();
      const state = stateOf(answer);
      const same = scene.waiting?.ask.index === ask.index && scene.waiting.state === state;
      scene.waiting = { ask, state, since: same ? (scene.waiting?.since ?? now) : now, nextAt: now + nextMs };
      refresh();
    },
    result: ({ outcome }) => {
      const kind = outcome ?? 'no answer';
      scene.done += 1;
      scene.counts.set(kind, (scene.counts.get(kind) ?? 0) + 1);
      refresh();
    },
    clear: () => void spinner?.clear(),
    end: () => {
      ended = true;
      clearTimeout(starting);
      clearInterval(ticking);
      spinner?.stop();
    },
  };
}

function textOf(scene: ProgressState, now: number, columns: number): string {
  const { total, waiting } = scene;
  const text = total === 1 ? (waiting === null ? 'asking' : waitText(waiting, now)) : batchText(scene, now);
  return visible(text).slice(0, Math.max(0, columns - 3));
}

function waitText(waiting: NonNullable<ProgressState['waiting']>, now: number): string {
  const next = Math.max(0, waiting.nextAt - now);
  return `${waiting.state} for ${formatDuration(now - waiting.since)}, next look in ${formatDuration(next)}: ${waiting.ask.id}`;
}

function batchText({ total, done, counts, startedAt }: ProgressState, now: number): string {
  const seconds = Math.max(0.001, (now - startedAt) / 1000);
  const rate = done / seconds;
  const kinds = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  const left =
    total === null || rate === 0 || done >= total
      ? ''
      : `, ${formatDuration(Math.ceil((total - done) / rate) * 1000)} left`;
  return `${done}${total === null ? '' : `/${total}`} done${kinds === '' ? '' : ` (${kinds})`}, ${rate.toFixed(1)}/s${left}`;
}
