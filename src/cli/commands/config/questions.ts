import { join } from 'node:path';
import type { CredentialSet, Provider } from '../../../core/provider.ts';
import { readRegular } from '../../../disk/regular-file.ts';
import { loadProviders } from '../../../providers/index.ts';
import type { World } from '../../../world.ts';
import type { Blocks } from './document.ts';
import type { Prompt } from './prompt.ts';

/** Asks for each provider's settings; those that nobody wants to set up are left out. */
export async function askForBlocks(prompt: Prompt, world: World): Promise<Blocks> {
  const blocks: Record<string, Readonly<Record<string, string>>> = {};
  for (const provider of Object.values(await loadProviders())) {
    const found = await imported(provider, prompt, world);
    if (found !== null) blocks[provider.id] = found;
    else if (await prompt.confirm(`Set up ${provider.title}?`)) blocks[provider.id] = await asked(provider, prompt);
  }
  return blocks;
}

/** What another program's file holds, if the person wants it; it is not opened before that. */
async function imported({ title, elsewhere }: Provider, prompt: Prompt, world: World) {
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

async function asked(provider: Provider, prompt: Prompt): Promise<Readonly<Record<string, string>>> {
  const set = await chosenSet(provider, prompt);
  const needed = [...set.keys, ...(set.needs ?? []).flatMap(([first]) => first ?? [])];
  const others = Object.keys(provider.settings).filter((key) => !needed.includes(key) && isWorthAsking(provider, key));
  const answers: Record<string, string> = {};
  for (const key of needed) answers[key] = await wanted(provider, key, prompt);
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

async function wanted(provider: Provider, key: string, prompt: Prompt): Promise<string> {
  const hidden = provider.settings[key]?.kind === 'secret';
  for (;;) {
    const question = questionOf(provider, key);
    const answer = await (hidden ? prompt.hidden(question) : prompt.text(question));
    if (answer !== '') return answer;
  }
}

function questionOf({ title, settings }: Provider, key: string): string {
  return `${title}: ${settings[key]?.what ?? key}`;
}
