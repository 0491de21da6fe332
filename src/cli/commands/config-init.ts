import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { checkConfigData } from '../../config/index.ts';
import { Fault, UsageError } from '../../core/fault.ts';
import { readOwn, writePrivate } from '../../disk/private-file.ts';
import { loadProviders } from '../../providers/index.ts';
import { type Messages, openMessages } from '../../terminal/messages.ts';
import type { World } from '../../world.ts';
import { addBlocks, blocksOnStdin, configData, configText, type SettingBlocks } from './config-document.ts';
import { askForBlocks, openPrompt } from './config-prompt.ts';
import { ownFile } from './config-show.ts';

/** What `config init` was asked for. */
export interface InitOptions {
  readonly profile: string | null;
  readonly file: string | null;
  readonly stdin: boolean;
  readonly force: boolean;
}

/**
 * Writes a config file as 0600, or adds to the one that is there, and its path to stdout. Throws a usage error where
 * there is nobody to ask.
 */
export async function init(options: InitOptions, world: World): Promise<void> {
  const path = options.file === null ? ownFile(world) : resolve(world.cwd, options.file);
  const found = await existingFile(path, options, world);
  const blocks = await (options.stdin ? blocksOnStdin(world) : blocksFromTerminal(path, options, found, world));
  if (Object.keys(blocks).length === 0) throw new UsageError('nothing was set up, and nothing was written');
  const data = configData(blocks, options.profile);
  await checkConfigData(data, path, await loadProviders());
  // Read anew: a person may take minutes to answer.
  const latest = await existingFile(path, options, world);
  writeConfig(path, latest === null ? configText(data, path) : textWith(blocks, path, options, latest));
  await world.stdout.write(`${path}\n`);
  const messages = await openMessages(world, true);
  await warnOfEnvironment(blocks, options, world, messages);
  const flags = options.file === null ? '' : ` --config ${options.file}`;
  const written = found === null ? 'written' : 'added, and the rest left as it was;';
  const alone = world.platform === 'win32' ? written.replace(';', '') : `${written} for you alone (0600)`;
  await messages.note(`${alone}; try it: sbstatus doctor${flags}${profileFlag(options, found)}`);
}

/** The first profile of a file is its default. */
function profileFlag({ profile }: InitOptions, found: ExistingFile | null): string {
  return profile === null || found === null || found.isEmpty ? '' : ` --profile ${profile}`;
}

/** A config file that can be added to. */
interface ExistingFile {
  readonly text: string;
  /** Of the place that is added to, by provider. */
  readonly taken: ReadonlySet<string>;
  /** Without any setting. */
  readonly isEmpty: boolean;
}

/** Null where nothing is, or all of it is to be replaced. Throws a usage error or a `config-invalid` fault. */
async function existingFile(path: string, options: InitOptions, world: World): Promise<ExistingFile | null> {
  const { profile, force } = options;
  if (force || !isTaken(path)) return null;
  const elsewhere = 'name another file with --file';
  if (extname(path) === '.json') {
    throw new UsageError(
      `${path} is JSON, and only YAML is added to`,
      `write the settings there by hand, or ${elsewhere}`,
    );
  }
  const text = lstatSync(path).isFile() ? readOwn(path, world.uid) : null;
  if (text === null) {
    throw new UsageError(
      `${path} is a link, no file, larger than 64 KiB, or not yours, and is not added to`,
      elsewhere,
    );
  }
  const { readConfigFile } = await import('../../config/read.ts');
  const file = await readConfigFile({ kind: 'user', path, folder: dirname(path) }, await loadProviders(), world);
  if (file?.fault != null) throw file.fault;
  const profiles = file?.contents.profiles ?? new Map();
  const blocks = file?.contents.blocks ?? new Map();
  if (profile === null && profiles.size > 0) {
    const names = [...profiles.keys()].join(', ');
    throw new UsageError(`${path} has profiles`, `name a new one with --profile, or one of these: ${names}`);
  }
  if (profile !== null && blocks.size > 0) {
    throw new UsageError(
      `${path} has providers outside of profiles`,
      'move them into a profile, or leave out --profile',
    );
  }
  const taken = new Set<string>((profile === null ? blocks : profiles.get(profile))?.keys());
  return { text, taken, isEmpty: file === null };
}

function textWith(blocks: SettingBlocks, path: string, options: InitOptions, found: ExistingFile): string {
  const { profile } = options;
  const ids = Object.keys(blocks);
  const place = profile === null ? '' : `profiles.${profile}.`;
  const twice = ids.filter((id) => found.taken.has(id));
  if (twice.length > 0) throw thereAlready(twice, path, options);
  const text = addBlocks(found.text, blocks, profile);
  if (text !== null) return text;
  const hint = `write ${ids.map((id) => place + id).join(', ')} there by hand, or add --force to replace the whole file`;
  throw new UsageError(`${path} is not added to, because its form (such as braces) makes that unsafe`, hint);
}

function thereAlready(ids: readonly string[], path: string, { profile }: InitOptions): UsageError {
  const place = profile === null ? '' : `profiles.${profile}.`;
  const hint = `change it there${profile === null ? '' : ', or name another profile'}, or add --force to replace the whole file`;
  return new UsageError(`${path} has ${ids.map((id) => place + id).join(', ')} already`, hint);
}

async function blocksFromTerminal(
  path: string,
  options: InitOptions,
  found: ExistingFile | null,
  world: World,
): Promise<SettingBlocks> {
  if (!world.stdin.terminal || !world.stderr.terminal) {
    throw new UsageError(
      'there is no terminal to ask on',
      'pipe the settings in: printf "%s\\n" sent.apiKey=… | sbstatus config init --stdin',
    );
  }
  if (found !== null) {
    const known = Object.keys(await loadProviders());
    const taken = known.filter((id) => found.taken.has(id));
    if (taken.length === known.length) throw thereAlready(taken, path, options);
    const rest = taken.length === 0 ? '' : `; it has ${taken.join(', ')} already: change those there`;
    await (await openMessages(world, true)).note(`${path} exists: what you set up now is added to it${rest}`);
  }
  const prompt = openPrompt(world);
  try {
    return await askForBlocks(prompt, found?.taken ?? new Set(), world);
  } finally {
    prompt.close();
  }
}

function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Below something that is no folder; writing will say so.
    return false;
  }
}

function writeConfig(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writePrivate(path, text, randomBytes(8).toString('hex'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Fault('config-invalid', {
      message: `${path} cannot be written (${code})`,
      hint: 'check the folder and its permissions, or name another file with --file',
    });
  }
}

/** What is set in both places comes from the environment, which surprises whoever has just written a file. */
async function warnOfEnvironment(
  blocks: SettingBlocks,
  { profile }: InitOptions,
  world: World,
  messages: Messages,
): Promise<void> {
  const providers = await loadProviders();
  const names = Object.entries(blocks).flatMap(([id, block]) =>
    Object.keys(block).flatMap((key) => providers[id]?.settings[key]?.env ?? []),
  );
  const set = names.filter((name) => (world.env[name] ?? '') !== '');
  if (set.length === 0) return;
  const way = profile === null ? 'unset them to use it' : `use --profile ${profile}, or unset them`;
  await messages.warning(`${set.join(', ')} in the environment go before this file; ${way}`);
}
