import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type MockServer, startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { type Installed, install } from '../package/installed.ts';
import { needs } from '../support/needs.ts';
import { keepOutput, keepSecrets } from '../support/transcript.ts';

const providers = await loadProviders();

let server: MockServer;
/** What is typed here is typed by somebody who installed the packed file. */
let installed: Installed;
beforeAll(async () => {
  installed = await install();
  server = await startMock({ providers, host: '127.0.0.1', port: 0, clock: realClock });
});
afterAll(async () => {
  installed.remove();
  await server.close();
});

interface Block {
  readonly language: string;
  readonly text: string;
}

interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The fenced blocks of a page by heading. */
function sectionsOf(page: string): Section[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return text.split(/^#+ (?=.*\n\n)/m).flatMap((part) => {
    const title = `${page}: ${part.split('\n')[0]}`;
    const blocks = [...part.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', body = '']) => ({
      language,
      text: body,
    }));
    return blocks.length === 0 ? [] : [{ title, blocks }];
  });
}

const sections = [...sectionsOf('recipes.md'), ...sectionsOf('check.md'), ...sectionsOf('agents.md')];
const runnable = sections.filter(({ blocks }) => blocks.some(({ language }) => language === 'sh'));

/** The programs that a section's lines call. */
function toolsOf({ blocks }: Section): string[] {
  const scripts = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
  return ['curl', 'jq', 'sqlite3'].filter((tool) => scripts.some((text) => text.includes(tool)));
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-recipes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A block whose first line is a comment with a file's name is that file. */
function writeFiles(blocks: readonly Block[], folder: string): void {
  for (const { text } of blocks) {
    const name = /^# ([\w./-]+\.ya?ml)\n/.exec(text)?.[1];
    if (name !== undefined) writeFileSync(join(folder, basename(name)), text);
  }
}

/** The environment of somebody whose accounts are the mock server's, with `sbstatus` on the PATH. */
function environment(folder: string): Record<string, string> {
  const settings = Object.values(providers).flatMap((provider) =>
    Object.entries(server.settingsOf(provider.id)).map(([key, value]) => [
      provider.settings[key]?.env[0] ?? key,
      value,
    ]),
  );
  return { ...Object.fromEntries(settings), PATH: installed.path, HOME: folder, LC_ALL: 'C' };
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Not synchronous: the mock server lives in this process. */
function shell(script: string, cwd: string, env: Record<string, string>): Promise<Outcome> {
  const child = spawn('sh', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  for (const [name, value] of Object.entries(env)) keepSecrets(`${name}=${value}`);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      keepOutput('a recipe', said.stdout + said.stderr);
      resolve({ code, ...said });
    });
  });
}

for (const section of runnable) {
  needs(...toolsOf(section)).test(section.title, async () => {
    const folder = newFolder();
    const env = environment(folder);
    writeFiles(section.blocks, folder);
    for (const [place, { language, text }] of section.blocks.entries()) {
      if (language !== 'sh') continue;
      const { code, stdout, stderr } = await shell(text, folder, env);
      expect({ text, code, stderr: stderr.split('\n').filter(isTrouble) }).toEqual({ text, code: 0, stderr: [] });
      const next = section.blocks[place + 1];
      if (next?.language === 'text') expect(stdout).toBe(next.text);
      else expect(stdout).not.toBe('');
    }
  });
}

/** The hosts are not the usual ones here, and messages fail, which is said; everything else on stderr would be a fault of the recipe. */
function isTrouble(line: string): boolean {
  return /error(?!: the message failed)|not found|usage/i.test(line);
}

/** Stores as their own pages say that they are asked; each prints the key that the environment lends it. */
const stores: Readonly<Record<string, string>> = {
  op: '[ "$1" = read ] && [ "$2" = "op://Private/Sent/api key" ] && [ $# = 2 ] && echo "$KEPT"',
  pass: '[ "$*" = "show sbstatus/sent" ] && echo "$KEPT"',
  security: '[ "$*" = "find-generic-password -s sbstatus -a sent -w" ] && echo "$KEPT"',
  'secret-tool': '[ "$*" = "lookup service sbstatus account sent" ] && printf %s "$KEPT"',
};

const settings = [
  ...readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8').matchAll(
    /^\|.*\| `(\{ command: .*\})` \|$/gm,
  ),
].map(([, written = '']) => ({ written, store: /\[([\w-]+)/.exec(written)?.[1] ?? '' }));

test('there is a recipe for every store', () => {
  expect(settings.map(({ store }) => store)).toEqual(Object.keys(stores));
});

test.each(settings)('a key comes from $store', async ({ written, store }) => {
  const folder = newFolder();
  const { SENT_DM_API_KEY = '', PATH, ...env } = environment(folder);
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  writeFileSync(join(tools, store), `#!/bin/sh\n${stores[store]}\n`);
  chmodSync(join(tools, store), 0o755);
  mkdirSync(join(folder, '.config/sbstatus'), { recursive: true });
  const config = join(folder, '.config/sbstatus/config.yaml');
  writeFileSync(config, `sent:\n  apiKey: ${written}\n`, { mode: 0o600 });
  const line = 'sbstatus sent get 8ba7b830-9dad-11d1-80b4-00c04fd430c8 --field state';
  const path = `${tools}:${PATH}`;
  keepSecrets(`KEPT=${SENT_DM_API_KEY}`);
  const { code, stdout } = await shell(line, folder, { ...env, PATH: path, KEPT: SENT_DM_API_KEY });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'delivered\n' });
  const wrong = await shell(line, folder, { ...env, PATH: path });
  expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 41, stdout: '\n' });
});

const yamlBlocks = sections.flatMap(({ title, blocks }) =>
  blocks.filter(({ language }) => language === 'yaml').map(({ text }) => ({ title, text })),
);

test.each(yamlBlocks)('the YAML of $title', ({ text }) => {
  expect(load(text)).toBeTypeOf('object');
});

test('the jobs for CI run sbstatus as it can be run', async () => {
  const folder = newFolder();
  const env = environment(folder);
  writeFiles(sections.find(({ title }) => title.includes('A manifest'))?.blocks ?? [], folder);
  const jobs = sections.flatMap(({ blocks }) => blocks).filter(({ language }) => ['yaml', 'groovy'].includes(language));
  const commands = jobs.flatMap(({ text }) =>
    [...text.matchAll(/^[ -]*(sbstatus .*)$/gm)].map(([, line]) => line ?? ''),
  );
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    expect(await shell(command, folder, env)).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'report.xml'), 'utf8')).toContain('<testsuites tests="3" failures="0" errors="0"');
  }
});

test('the exit codes of GitLab’s job are those that pass by themselves, and those that are late', () => {
  const text = yamlBlocks.find(({ title }) => title.includes('GitLab'))?.text ?? '';
  expect(load(text)).toMatchObject({
    delivery: { retry: { exit_codes: [30, 31, 32] }, allow_failure: { exit_codes: [21, 22] } },
  });
});

test.each(['check', 'schema'])('the examples in the help of %s run as printed', async (command) => {
  const folder = newFolder();
  const env = environment(folder);
  const { stdout } = await shell(`sbstatus help ${command}`, folder, env);
  const examples = stdout.split('Examples:\n')[1]?.trim().split('\n') ?? [];
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) expect(await shell(example, folder, env)).toMatchObject({ code: 0 });
});
