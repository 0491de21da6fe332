import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Fault, UsageError } from '../../core/fault.ts';
import type { CredentialSet, Provider } from '../../core/provider.ts';
import { readRegular } from '../../disk/regular-file.ts';
import { loadProviders } from '../../providers/index.ts';
import type { World } from '../../world.ts';
import type { SettingBlocks } from './config-document.ts';

/** Asks a person, on stderr: stdout is for answers. */
export interface Prompt {
  /** The answer without blanks at its edges. Throws when the person leaves. */
  text(question: string): Promise<string>;
  /** As `text`, and what is typed is not shown. */
  hiddenText(question: string): Promise<string>;
  /** `no` for anything but a yes. */
  confirm(question: string): Promise<boolean>;
  close(): void;
}

export function openPrompt(world: World): Prompt {
  const { stream } = world.stderr;
  let muted = false;
  const echo = new Writable({
    // At once: what had to wait its turn would meet another question's silence.
    write: (chunk: Buffer, _encoding, done) => {
      if (!muted) stream.write(chunk);
      done();
    },
  });
  // Without a history, no arrow key brings a secret back.
  const lines = createInterface({ input: world.stdin.stream, output: echo, terminal: true, historySize: 0 });
  let leave: (why: Error) => void = () => undefined;
  lines.on('SIGINT', () => leave(new Fault('interrupted', { message: 'ended before anything was written' })));
  lines.on('close', () => leave(new UsageError('the input ended before all was asked', 'nothing was written')));

  const ask = (question: string, hide: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      leave = (why) => {
        muted = false;
        stream.write('\n');
        reject(why);
      };
      lines.question(question, (answer) => {
        if (muted) stream.write('\n');
        muted = false;
        resolve(answer.trim());
      });
      muted = hide;
    });

  return {
    text: (question) => ask(`${question}: `, false),
    hiddenText: (question) => ask(`${question} (not shown): `, true),
    confirm: async (question) => /^y(es)?$/i.test(await ask(`${question} [y/N] `, false)),
    close: () => {
      leave = () => undefined;
      lines.close();
    },
  };
}

/** Asks for the settings of each provider that is not `taken`; those that nobody wants to set up are left out. */
export async function askForBlocks(prompt: Prompt, taken: ReadonlySet<string>, world: World): Promise<SettingBlocks> {
  const blocks: Record<string, Readonly<Record<string, string>>> = {};
  for (const provider of Object.values(await loadProviders())) {
    if (taken.has(provider.id)) continue;
    const found = await importSettings(provider, prompt, world);
    if (found !== null) blocks[provider.id] = found;
    else if (await prompt.confirm(`Set up ${provider.title}?`))
      blocks[provider.id] = await askForProvider(provider, prompt);
  }
  return blocks;
}

/** What another program's file holds, if the person wants it; it is not opened before that. */
async function importSettings({ title, importFrom: elsewhere }: Provider, prompt: Prompt, world: World) {
  if (elsewhere === undefined) return null;
  const path = join(world.home, ...elsewhere.path);
  const text = readRegular(path);
  if (text === null) return null;
  if (!(await prompt.confirm(`Take ${title}’s keys from ${path}, the file of ${elsewhere.owner}?`))) return null;
  return elsewhere.read(jsonOf(text));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function askForProvider(provider: Provider, prompt: Prompt): Promise<Readonly<Record<string, string>>> {
  const set = await chosenSet(provider, prompt);
  const needed = [...set.keys, ...(set.needs ?? []).flatMap(([first]) => first ?? [])];
  const others = Object.keys(provider.settings).filter((key) => !needed.includes(key) && isWorthAsking(provider, key));
  const answers: Record<string, string> = {};
  for (const key of needed) answers[key] = await askUntilAnswered(provider, key, prompt);
  for (const key of others) {
    const answer = await prompt.text(`${questionOf(provider, key)} (empty for none)`);
    if (answer !== '') answers[key] = answer;
  }
  return answers;
}

/** The last way listed is the one for good: SFMC's ready token lives minutes. */
async function chosenSet({ title, credentials }: Provider, prompt: Prompt): Promise<CredentialSet> {
  const [first = { keys: [] }] = credentials;
  if (credentials.length < 2) return first;
  const list = credentials.map(({ keys }, place) => `${place + 1} ${keys.join(' and ')}`).join(', ');
  for (;;) {
    const answer = await prompt.text(`${title}: by ${list} (empty for ${credentials.length})`);
    const chosen = answer === '' ? credentials.at(-1) : credentials[Number(answer) - 1];
    if (chosen !== undefined) return chosen;
  }
}

/** Addresses are for those who know what they do, and `env`-less settings for nobody's first day. */
function isWorthAsking({ settings }: Provider, key: string): boolean {
  return settings[key]?.kind === 'text' && settings[key].env.length > 0;
}

async function askUntilAnswered(provider: Provider, key: string, prompt: Prompt): Promise<string> {
  const hidden = provider.settings[key]?.kind === 'secret';
  for (;;) {
    const question = questionOf(provider, key);
    const answer = await (hidden ? prompt.hiddenText(question) : prompt.text(question));
    if (answer !== '') return answer;
  }
}

function questionOf({ title, settings }: Provider, key: string): string {
  return `${title}: ${settings[key]?.what ?? key}`;
}
