import { access, appendFile, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { Names } from '../render/judgement.ts';
import type { Renderer } from '../render/renderer.ts';
import type { World } from '../world.ts';
import type { ReportOptions } from './options.ts';
import type { Output } from './output.ts';
import { writeToPipe } from './pipe-writer.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import { UnwritableError, UsageError } from './usage.ts';
import type { Voice } from './voice.ts';

export interface ReportSurroundings {
  /** What the messages are called, where they have names. */
  readonly names: Names;
  readonly world: World;
  readonly voice: Voice;
  readonly progress: Pick<Progress, 'clear'>;
  /** A pipe that nobody reads must not outlast it. */
  readonly run: Pick<Run, 'signal' | 'deadline'>;
}

/**
 * The reports beside stdout, as one output. Throws a usage error for a file that cannot be written, before anything is
 * asked; one that proves so at the end does not keep the others from being written.
 */
export async function createReports(options: ReportOptions, around: ReportSurroundings): Promise<Output> {
  const { junit, markdown, github } = options;
  const reports = [
    ...(junit === null ? [] : [await junitReport(junit, options, around)]),
    ...(markdown === null ? [] : [await markdownReport(markdown, around)]),
    ...(github ? await githubReports(around) : []),
  ];
  return {
    result: async (result) => {
      for (const report of reports) await report.result(result);
    },
    end: async (ending) => {
      const ends = await Promise.allSettled(reports.map((report) => report.end(ending)));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

async function junitReport(file: string, { junitPending }: ReportOptions, around: ReportSurroundings) {
  const { names, world } = around;
  const path = await writablePath(file, '--junit', world);
  const { createJunitRenderer } = await import('../render/junit.ts');
  const renderer = createJunitRenderer({ names, pendingAs: junitPending, startedAt: world.clock.now() });
  return written(renderer, (text) => replaceFile(path, text, around));
}

async function markdownReport(file: string, around: ReportSurroundings) {
  const path = await writablePath(file, '--markdown', around.world);
  const { createMarkdownRenderer } = await import('../render/markdown.ts');
  return written(createMarkdownRenderer({ names: around.names }), (text) => replaceFile(path, text, around));
}

/** Annotations go to stderr, where GitHub reads them too: stdout is the answer's. */
async function githubReports(around: ReportSurroundings): Promise<Output[]> {
  const { names, world, voice, progress } = around;
  const [{ createAnnotationRenderer, createOutputsRenderer }, { createMarkdownRenderer }] = await Promise.all([
    import('../render/github.ts'),
    import('../render/markdown.ts'),
  ]);
  const annotate = async (text: string): Promise<void> => {
    progress.clear();
    await voice.say(text);
  };
  const files = { GITHUB_STEP_SUMMARY: createMarkdownRenderer({ names }), GITHUB_OUTPUT: createOutputsRenderer() };
  const reports = [written(createAnnotationRenderer({ names }), annotate)];
  for (const [name, renderer] of Object.entries(files)) {
    const file = world.env[name] ?? '';
    if (file === '') await voice.note(`${name} is not set, so nothing is written there`);
    else {
      const path = await writablePath(file, name, world);
      reports.push(written(renderer, (text) => attempt(path, () => append(path, text, around))));
    }
  }
  return reports;
}

function written(renderer: Renderer, write: (text: string) => Promise<void>): Output {
  const pieces: string[] = [];
  return {
    result: async (result) => {
      pieces.push(renderer.result(result));
    },
    end: async (ending) => write(pieces.join('') + renderer.end(ending)),
  };
}

/** Found out now, and not after an hour of waiting. */
async function writablePath(file: string, named: string, { cwd }: World): Promise<string> {
  const path = resolve(cwd, file);
  const hint = `check the path of ${named}`;
  try {
    const target = await stat(path).catch(() => null);
    if (target?.isDirectory()) throw new UsageError(`cannot write ${path}: it is a folder`, hint);
    // With the slash at its end, a parent that is a file is refused too.
    await access(target === null ? `${dirname(path)}/` : path, constants.W_OK);
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`cannot write ${path} (${code})`, hint);
  }
}

/**
 * Whole or not at all. What is no regular file (a pipe, /dev/null) stays what it is, and so does one that is reached by
 * a descriptor: behind /dev/stdout may be a log that others write too.
 */
async function replaceFile(path: string, text: string, around: ReportSurroundings): Promise<void> {
  const target = await stat(path).catch(() => null);
  const regular = target === null || (target.isFile() && !path.startsWith('/dev/'));
  if (!regular) return attempt(path, () => append(path, text, around));
  const { default: write } = await import('write-file-atomic');
  await attempt(path, () => write(path, text));
}

async function append(path: string, text: string, { run, world }: ReportSurroundings): Promise<void> {
  const target = await stat(path).catch(() => null);
  if (target?.isFIFO()) await writeToPipe(path, text, run, world.clock);
  else await appendFile(path, text);
}

async function attempt(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined || error instanceof Fault ? error : new UnwritableError(path, code);
  }
}
