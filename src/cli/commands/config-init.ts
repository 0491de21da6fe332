import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkConfigData } from '../../config/index.ts';
import { Fault, UsageError } from '../../core/fault.ts';
import { writePrivate } from '../../disk/private-file.ts';
import { loadProviders } from '../../providers/index.ts';
import { type Messages, openMessages } from '../../terminal/messages.ts';
import type { World } from '../../world.ts';
import { configData, configText, type SettingBlocks } from './config-document.ts';
import { openPrompt } from './config-prompt.ts';
import { ownFile } from './config-show.ts';

/** What `config init` was asked for. */
export interface InitOptions {
  readonly profile: string | null;
  readonly file: string | null;
  readonly stdin: boolean;
  readonly force: boolean;
}

/** Writes a config file as 0600, and its path to stdout. Throws a usage error where there is nobody to ask. */
export async function init(options: InitOptions, world: World): Promise<void> {
  const path = options.file === null ? ownFile(world) : resolve(world.cwd, options.file);
  const blocks = options.stdin
    ? await blocksFromStdin(path, options, world)
    : await blocksFromTerminal(path, options, world);
  if (Object.keys(blocks).length === 0) throw new UsageError('nothing was set up, and nothing was written');
  const data = configData(blocks, options.profile);
  await checkConfigData(data, path, await loadProviders());
  writeConfig(path, configText(data, path));
  await world.stdout.write(`${path}\n`);
  const messages = await openMessages(world, true);
  await warnOfEnvironment(blocks, options, world, messages);
  const flags = options.file === null ? '' : ` --config ${options.file}`;
  await messages.note(
    `${world.platform === 'win32' ? 'written' : 'written for you alone (0600)'}; try it: sbstatus doctor${flags}`,
  );
}

async function blocksFromStdin(path: string, { force }: InitOptions, world: World): Promise<SettingBlocks> {
  if (isTaken(path) && !force) {
    throw new UsageError(`${path} exists already`, 'add --force to replace it, or name another file with --file');
  }
  const { blocksOnStdin } = await import('./config-document.ts');
  return blocksOnStdin(world);
}

async function blocksFromTerminal(path: string, { force }: InitOptions, world: World): Promise<SettingBlocks> {
  if (!world.stdin.terminal || !world.stderr.terminal) {
    throw new UsageError(
      'there is no terminal to ask on',
      'pipe the settings in: printf "%s\\n" sent.apiKey=… | sbstatus config init --stdin',
    );
  }
  const { askForBlocks } = await import('./config-prompt.ts');
  const prompt = openPrompt(world);
  try {
    if (isTaken(path) && !force && !(await prompt.confirm(`${path} exists. Replace all of it?`))) {
      throw new UsageError(`${path} was left as it is`, 'name another file with --file');
    }
    return await askForBlocks(prompt, world);
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
