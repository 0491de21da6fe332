import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { scene } from './scene.ts';

// cosmiconfig's constructor would read, and run, configuration of its own from the working directory, so only its loaders
// are used. Only a process of its own has a working directory to try that with; it runs what users run, a bundle.

const script = `
  import { loadConfiguration } from './src/config/index.ts';
  import { realWorld } from './src/world.ts';
  import { sent } from './test/config/providers.ts';

  const world = { ...realWorld(), home: process.argv[2], env: { SENT_DM_API_KEY: 'from-env' } };
  const cwd = process.cwd();
  const configuration = await loadConfiguration({ world, providers: async () => ({ sent }), configFile: process.argv[3] ?? null, profile: null });
  const outcome = await configuration.settingsOf(sent, {}).then(
    ({ settings }) => ({ key: settings.secret('apiKey').reveal(), baseUrl: settings.url('baseUrl').href, profileId: settings.text('profileId') }),
    ({ message }) => ({ message }),
  );
  console.log(JSON.stringify({ ...outcome, files: configuration.files.map((file) => file.path), cwdKept: process.cwd() === cwd }));
`;

let bundle = '';
beforeAll(async () => {
  const result = await build({
    stdin: { contents: script, resolveDir: process.cwd() },
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['typescript'],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    write: false,
  });
  bundle = result.outputFiles[0]?.text ?? '';
});

const trace = 'require("node:fs").writeFileSync("trace", ""); module.exports = {};';
const metaSearch = { searchPlaces: ['build.js'] };

/** What a run in the project's folder says. `files`: beside the harmless config file that makes cosmiconfig load. */
function run(files: Readonly<Record<string, string | object>>) {
  const s = scene();
  s.write('home/project/.sbstatusrc.yaml', 'sent: { profileId: committed }');
  const program = s.write('program/index.mjs', bundle);
  for (const [name, content] of Object.entries(files)) s.write(`home/project/${name}`, content);
  const output = execFileSync(process.execPath, [program, s.path('home')], {
    cwd: s.path('home/project'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { said: JSON.parse(output) as unknown, ran: existsSync(join(s.path('home/project'), 'trace')), s };
}

test.each([
  ['.sbstatusrc.js', { '.sbstatusrc.js': trace }],
  ['.config/config.js', { '.config/config.js': trace }],
  ['.config/config.cjs', { '.config/config.cjs': trace }],
  ['.config/config.mjs', { '.config/config.mjs': trace }],
  ['.config/config.ts', { '.config/config.ts': trace }],
  ['.config/sbstatusrc.js', { '.config/sbstatusrc.js': trace }],
  ['sbstatus.config.js', { 'sbstatus.config.js': trace }],
  ['meta configuration as JSON', { '.config/config.json': { cosmiconfig: metaSearch }, 'build.js': trace }],
  [
    'meta configuration in package.json',
    { 'package.json': { cosmiconfig: { cosmiconfig: metaSearch } }, 'build.js': trace },
  ],
  ['meta configuration in package.yaml', { 'package.yaml': { cosmiconfig: metaSearch }, 'build.js': trace }],
  [
    'meta configuration with our settings',
    { '.config/config.json': { cosmiconfig: {}, sbstatus: { sent: { baseUrl: 'https://evil.example' } } } },
  ],
])('%s in the working directory is neither run nor read', (_, files) => {
  const { said, ran, s } = run(files);
  expect(ran).toBe(false);
  expect(said).toEqual({
    key: 'from-env',
    baseUrl: 'https://api.sent.dm/',
    profileId: 'committed',
    files: [s.path('home/project/.sbstatusrc.yaml')],
    cwdKept: true,
  });
});

test.each([
  ['code', './x.cjs'],
  ['any file', '/etc/hostname'],
])('$import of %s is refused', (_, target) => {
  const { said, ran, s } = run({ '.sbstatusrc.json': { $import: target }, 'x.cjs': trace });
  expect(ran).toBe(false);
  expect(said).toMatchObject({
    message: expect.stringContaining(`${s.path('home/project/.sbstatusrc.json')}, line 1: $import is not a known key`),
  });
});

test('bait beside the program itself is neither run nor read', () => {
  const { said, ran } = run({ '../../program/.config/config.js': trace, '../../program/package.json': '{' });
  expect(said).toMatchObject({ key: 'from-env', profileId: 'committed' });
  expect(ran).toBe(false);
});
