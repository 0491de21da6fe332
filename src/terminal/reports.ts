import { randomBytes } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { access, appendFile, constants, lstat, open, realpath, rename, rm, stat, truncate } from 'node:fs/promises';
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

/** GitHub refuses a summary of more than a mebibyte, and so all that a step has put there. */
const longestSummary = 1024 * 1024;
const noThrow = { throwIfNoEntry: false } as const;

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
  const room = () => longestSummary - (statSync(world.env['GITHUB_STEP_SUMMARY'] ?? '', noThrow)?.size ?? 0);
  const files = { GITHUB_STEP_SUMMARY: createMarkdownRenderer(room), GITHUB_OUTPUT: createOutputsRenderer() };
  const reports = [reportTo(createAnnotationRenderer(), annotate)];
  for (const [name, renderer] of Object.entries(files)) {
    const file = world.env[name] ?? '';
    if (file === '') await messages.note(`${name} is not set, so nothing is written there`);
    else {
      const path = await writablePath(file, name, world);
      reports.push(reportTo(renderer, (text) => add(path, text, deps)));
    }
  }
  return reports;
}

async function add(path: string, text: string, deps: ReportDeps): Promise<void> {
  if (text === '') await deps.messages.note(`${path} is full, so nothing is added`);
  else await attempt(path, () => append(path, text, deps));
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
  await attempt(path, async () => writeWhole(await realpath(path).catch(() => path), text, target));
}

/** Written beside it first, and onto the disk: where that fills up, the file stays as it was. */
async function writeWhole(path: string, text: string, before: Stats | null): Promise<void> {
  const copy = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    const file = await open(copy, 'wx', (before?.mode ?? 0o666) & 0o777);
    try {
      await file.writeFile(text);
      // Neither the umask nor the one who runs us decides whose a file is that was there before.
      if (before !== null) await file.chmod(before.mode & 0o777);
      if (before !== null) await file.chown(before.uid, before.gid).catch(() => undefined);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(copy, path);
  } catch (error) {
    await rm(copy, { force: true });
    throw error;
  }
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
  if (target?.isFIFO()) return writeToPipe(path, text, run, world.clock);
  try {
    await appendFile(path, text);
  } catch (error) {
    // Half of it would be worse than nothing.
    if (target?.isFile()) await truncate(path, target.size).catch(() => undefined);
    throw error;
  }
}

async function attempt(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined || error instanceof Fault ? error : new UnwritableError(path, code);
  }
}
