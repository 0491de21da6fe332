import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/run.ts';

function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-completion-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return folder;
}

async function candidates(words: readonly string[], setting: Parameters<typeof run>[1] = {}): Promise<string[]> {
  const { code, stdout, stderr } = await run(['__complete', '--', ...words], setting);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\t.*/, ''));
}

test.each([
  [['se'], ['sendblue', 'sent']],
  [['sent', 'g'], ['get']],
  [['sent', 'get', 'some-id', '--out'], ['--output']],
  [
    ['sent', 'get', '-o', ''],
    ['table', 'tsv', 'json', 'ndjson', 'csv'],
  ],
  [['sent', 'get', '--output=j'], ['--output=json']],
  [['sent', 'get', '--expect', 'de'], ['delivered']],
  [
    ['sent', 'get', '--expect', 'sent,re'],
    ['sent,read', 'sent,received'],
  ],
  [['sent', 'get', '--expect=sent,de'], ['--expect=sent,delivered']],
  [
    ['sent', 'get', '--expect-channel', ''],
    ['imessage', 'sms', 'mms', 'rcs', 'whatsapp'],
  ],
  [
    ['sendblue', 'list', '--direction', ''],
    ['outbound', 'inbound'],
  ],
  [['sendblue', 'list', '--status', 'fa'], ['failed']],
  [
    ['explain', 'sfmc', '12'],
    ['12', '120', '121', '122', '123', '124', '125', '126', '127', '128', '129'],
  ],
  [['explain', 'exit', 'x'], []],
  [['sent', 'get', '--field', 'reason.co'], ['reason.code']],
  [
    ['sent', 'get', '--fields', 'id,exit.'],
    ['id,exit.code', 'id,exit.name', 'id,exit.retryable'],
  ],
  [['sent', 'get', '--from-file', 'x'], [':files']],
  [['check', '--manifest='], [':files']],
  [
    ['check', 's'],
    ['sendblue/status:', 'sendblue:', 'sent:', 'sfmc:'],
  ],
  [['check', '--wait', 'sent:a', 'sf'], ['sfmc:']],
  [['check', '--timeout', 's'], []],
  [['check', '--', '--'], []],
  [
    ['explain', 'se'],
    ['sendblue', 'sent'],
  ],
  [['decode', 'sf'], ['sfmc']],
  [
    ['schema', 'e'],
    ['error', 'explanation', 'exit-codes', 'environment'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish', 'powershell'],
  ],
  [
    ['help', 'ex'],
    ['explain', 'exit-codes'],
  ],
  [['sent', 'get', 'an-id-has-no-candidates'], []],
  [['nonsense', 'sent', ''], []],
])('after %j come %j', async (words, expected) => {
  expect(await candidates(words)).toEqual(expected);
});

test('profiles come from the config file, but for names that a shell would take for more', async () => {
  const profiles = '{ production: {}, staging: {}, "$(touch x)": {}, "a b": {} }';
  const cwd = newFolder({ '.sbstatusrc': `profiles: ${profiles}`, 'other.yaml': 'profiles: { other: {} }' });
  expect(await candidates(['sent', 'get', '-p', ''], { cwd })).toEqual(['production', 'staging']);
  expect(await candidates(['sent', 'get', '--profile', 's'], { cwd })).toEqual(['staging']);
  expect(await candidates(['sent', 'get', '-c', 'other.yaml', '-p', 'o'], { cwd })).toEqual(['other']);
  expect(await candidates(['sent', 'get', '-p', 'o'], { cwd, env: { SBSTATUS_CONFIG: 'other.yaml' } })).toEqual([
    'other',
  ]);
});

test('the hidden command is hidden', async () => {
  const { stdout } = await run(['--help']);
  expect(stdout).not.toContain('__complete');
  expect(await candidates(['__'])).toEqual([]);
});

/** A folder for PATH with `sbstatus` in it. */
function pathWithBin(): string {
  const bin = builtBin();
  const folder = newFolder({ sbstatus: `#!/bin/sh\nexec ${process.execPath} ${bin} "$@"\n` });
  chmodSync(join(folder, 'sbstatus'), 0o755);
  return `${folder}:${dirname(process.execPath)}:${process.env['PATH']}`;
}

/** Types into a real terminal; gives what stood on the command line after each. */
async function typed(
  shell: readonly string[],
  setUp: string,
  lines: readonly string[],
  cwd: string,
): Promise<string[]> {
  const [file = '', ...args] = shell;
  const env = { PATH: pathWithBin(), HOME: cwd, TERM: 'dumb', PS1: '> ', LANG: 'C.UTF-8' };
  const terminal = spawnTerminal(file, args, { cols: 200, rows: 50, cwd, env });
  let seen = '';
  terminal.onData((text) => {
    seen += text;
  });
  const until = async (pattern: RegExp) => {
    const deadline = Date.now() + 60_000;
    while (!pattern.test(seen) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    return pattern.test(seen);
  };
  try {
    terminal.write(`${setUp}; echo rea''dy\r`);
    // The shell reads the keys by itself once its prompt is there; before that the terminal echoes them.
    expect(await until(/^ready[\s\S]*> /m)).toBe(true);
    const results: string[] = [];
    for (const line of lines) {
      seen = '';
      // What is typed after the key shows that the shell is done with it.
      terminal.write(`${line}\t#end`);
      await until(/#end/);
      // zsh draws the blank that it adds twice when more is typed.
      results.push(
        seen
          .replace(/#end[\s\S]*/, '')
          .replace(/^[\s\S]*(?=sbstatus )/, '')
          .replaceAll(' \b', ''),
      );
      terminal.write('\x15');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return results;
  } finally {
    terminal.kill();
  }
}

/** What is typed, and what the key makes of it. */
const expectations = [
  ['sbstatus sendb', 'sbstatus sendblue '],
  ['sbstatus sent get --output ndj', 'sbstatus sent get --output ndjson '],
  ['sbstatus sent get --output=ndj', 'sbstatus sent get --output=ndjson '],
  ['sbstatus sent get --expect delivered,rea', 'sbstatus sent get --expect delivered,read '],
  ['sbstatus sent get --profile prod', 'sbstatus sent get --profile production '],
  ['sbstatus check sf', 'sbstatus check sfmc:'],
  ['sbstatus check sendblue/st', 'sbstatus check sendblue/status:'],
  ['sbstatus check --manifest mess', 'sbstatus check --manifest messages.yaml '],
] as const;

const project = { '.sbstatusrc': 'profiles: { production: {} }', 'messages.yaml': '' };

needs('bash').test('bash completes', async () => {
  const lines = expectations.map(([line]) => line);
  const shell = ['bash', '--norc', '--noprofile', '-i'];
  const results = await typed(shell, 'source <(sbstatus completion bash)', lines, newFolder(project));
  expect(results).toEqual(expectations.map(([, result]) => result));
});

needs('zsh').test('zsh completes', async () => {
  const lines = expectations.map(([line]) => line);
  const setUp = 'autoload -Uz compinit && compinit -D -u && source <(sbstatus completion zsh)';
  const results = await typed(['zsh', '-f', '-i'], setUp, lines, newFolder(project));
  expect(results).toEqual(expectations.map(([, result]) => result));
});

needs('fish').test('fish completes', async () => {
  const script = [
    'sbstatus completion fish | source',
    ...expectations.map(([line]) => `complete -C '${line}' | string replace -r '\\t.*' ''`),
  ].join('\n');
  const cwd = newFolder(project);
  const { stdout, stderr } = await fish(script, cwd);
  expect(stderr).toBe('');
  const last = expectations.map(([, result]) => result.trim().split(' ').at(-1));
  expect(stdout.trim().split('\n')).toEqual(last);
});

function fish(script: string, cwd: string): Promise<{ stdout: string; stderr: string }> {
  const child = spawn('fish', ['--no-config', '-c', script], { cwd, env: { PATH: pathWithBin(), HOME: cwd } });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(said)));
}

needs('pwsh').test('PowerShell completes', async () => {
  const cwd = newFolder(project);
  const lines = expectations.map(([line]) => `'${line}'`).join(', ');
  const script = [
    'sbstatus completion powershell | Out-String | Invoke-Expression',
    `foreach ($line in ${lines}) {`,
    '  (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches[0].CompletionText',
    '}',
  ].join('\n');
  const argv = ['-NoProfile', '-NonInteractive', '-Command', script];
  const { stdout, stderr } = spawnSync('pwsh', argv, {
    cwd,
    env: { PATH: pathWithBin(), HOME: cwd },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  // It names files with their folder, and completes the last part of a list.
  const last = expectations.map(([, result]) => result.trim().split(/[ ,]/).at(-1));
  expect(
    stdout
      .trim()
      .split(/\r?\n/)
      .map((word) => word.replace(/^\.[\\/]/, '')),
  ).toEqual(last);
});

needs('shellcheck').test('shellcheck has nothing to say of the script for bash', async () => {
  const { stdout } = await run(['completion', 'bash']);
  const checked = spawnSync('shellcheck', ['--shell=bash', '-'], { input: stdout, encoding: 'utf8' });
  expect(checked).toMatchObject({ status: 0, stdout: '' });
});

for (const [shell, flags] of [
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const) {
  needs(shell).test(`the script for ${shell} has no syntax error`, async () => {
    const { stdout } = await run(['completion', shell]);
    const file = join(newFolder({ script: stdout }), 'script');
    expect(spawnSync(shell, [...flags, file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
}
