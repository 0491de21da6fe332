import { access, appendFile, constants, lstat, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault, UnwritableError, UsageError } from '../core/fault.ts';
import type { Renderer } from '../render/renderer.ts';
import type { World } from '../world.ts';
import type { Messages } from './messages.ts';
import type { ResultSink } from './output.ts';
import { type RunLimits, writeToPipe } from './pipe-writer.ts';
import type { Progress } from './progress.ts';

/** Reports beside stdout; paths as typed. */
export interface ReportOptions {
  readonly junit: string | null;
  readonly junitPending: 'failure' | 'skipped';
  readonly markdown: string | null;
  readonly github: boolean;
}

export interface ReportDeps {
  readonly world: World;
  readonly messages: Messages;
  readonly progress: Pick<Progress, 'clear'> | null;
  /** A pipe that nobody reads must not outlast it. */
  readonly run: RunLimits;
}

/**
 * The reports beside stdout, as one output. Throws a usage error for a file that cannot be written, before anything is
 * asked; one that proves so at the end does not keep the others from being written.
 */
export async function createReports(options: ReportOptions, deps: ReportDeps): Promise<ResultSink> {
  const { junit, markdown, github } = options;
  const reports = [
    ...(junit === null ? [] : [await junitReport(junit, options, deps)]),
    ...(markdown === null ? [] : [await markdownReport(markdown, deps)]),
    ...(github ? await githubReports(deps) : []),
  ];
  return {
    result: async (result, hint) => {
      for (const report of reports) await report.result(result, hint);
    },
    end: async (ending) => {
      const ends = await Promise.allSettled(reports.map((report) => report.end(ending)));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

async function junitReport(file: string, { junitPending }: ReportOptions, deps: ReportDeps) {
  const { world } = deps;
  const path = await writablePath(file, '--junit', world);
  const { createJunitRenderer } = await import('../render/junit.ts');
  const renderer = createJunitRenderer({ pendingAs: junitPending, startedAt: world.clock.now() });
  return reportTo(renderer, (text) => replaceFile(path, text, deps));
}

async function markdownReport(file: string, deps: ReportDeps) {
  const path = await writablePath(file, '--markdown', deps.world);
  const { createMarkdownRenderer } = await import('../render/markdown.ts');
  return reportTo(createMarkdownRenderer(), (text) => replaceFile(path, text, deps));
}

/** Annotations go to stderr, where GitHub reads them too: stdout is the answer's. */
async function githubReports(deps: ReportDeps): Promise<ResultSink[]> {
  const { world, messages, progress } = deps;
  const [{ createAnnotationRenderer, createOutputsRenderer }, { createMarkdownRenderer }] = await Promise.all([
    import('../render/github.ts'),
    import('../render/markdown.ts'),
  ]);
  const annotate = async (text: string): Promise<void> => {
    progress?.clear();
    await messages.write(text);
  };
  const files = { GITHUB_STEP_SUMMARY: createMarkdownRenderer(), GITHUB_OUTPUT: createOutputsRenderer() };
  const reports = [reportTo(createAnnotationRenderer(), annotate)];
  for (const [name, renderer] of Object.entries(files)) {
    const file = world.env[name] ?? '';
    if (file === '') await messages.note(`${name} is not set, so nothing is written there`);
    else {
      const path = await writablePath(file, name, world);
      reports.push(reportTo(renderer, (text) => attempt(path, () => append(path, text, deps))));
    }
  }
  return reports;
}

function reportTo(renderer: Renderer, write: (text: string) => Promise<void>): ResultSink {
  const pieces: string[] = [];
  return {
    result: async (result, hint) => {
      pieces.push(renderer.result(result, hint));
    },
    end: async (ending) => write(pieces.join('') + renderer.end(ending)),
  };
}

/** Found out now, and not after an hour of waiting. */
async function writablePath(file: string, named: string, { cwd }: World): Promise<string> {
  const path = resolve(cwd, file);
  const hint = `check the path of ${named}`;
  try {
    if (await isLink(path))
      throw new UsageError(`${path} is a link, which is not followed`, `name the file itself for ${named}`);
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
async function replaceFile(path: string, text: string, deps: ReportDeps): Promise<void> {
  if (await isLink(path)) throw new UnwritableError(path, 'ELOOP');
  const target = await stat(path).catch(() => null);
  const regular = target === null || (target.isFile() && !path.startsWith('/dev/'));
  if (!regular) return attempt(path, () => append(path, text, deps));
  const { default: write } = await import('write-file-atomic');
  await attempt(path, () => write(path, text));
}

/** What leads to a descriptor, such as /dev/stdout, is no link that anybody planted. */
async function isLink(path: string): Promise<boolean> {
  if (/^\/(?:dev|proc)\//.test(path)) return false;
  const stats = await lstat(path).catch(() => null);
  return stats?.isSymbolicLink() === true;
}

async function append(path: string, text: string, { run, world }: ReportDeps): Promise<void> {
  if (await isLink(path)) throw new UnwritableError(path, 'ELOOP');
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
