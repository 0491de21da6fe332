import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { doubtId, unwrapId } from '../../src/cli/command-line.ts';
import type { Provider } from '../../src/core/provider.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { tempHome } from '../support/home.ts';
import { run } from '../support/run.ts';

// What --curl prints is pasted into a shell. Real shells run it here, with a curl that writes down its arguments.

const providers = await loadProviders();

const env = {
  SENT_DM_API_KEY: 'THE-SENT-KEY',
  SENDBLUE_API_API_KEY: 'THE-SENDBLUE-ID',
  SENDBLUE_API_API_SECRET: 'THE-SENDBLUE-KEY',
  SFMC_CLIENT_ID: 'THE-SFMC-ID',
  SFMC_CLIENT_SECRET: 'THE-SFMC-SECRET',
  SFMC_SUBDOMAIN: 'mc0example',
};

const shells = ['/bin/sh', 'bash', 'dash', 'zsh'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

/** The arguments of each curl that a shell runs for these lines, and what it wrote itself. */
function runIn(shell: string, script: string) {
  const { home, path, write } = tempHome();
  const folder = path('bin');
  write('bin/curl', `#!/bin/sh\nprintf '%s\\0' "$@" >> "$CALLS"\nprintf '\\n' >> "$CALLS"\n`, 0o755);
  write('bin/jq', '#!/bin/sh\ncat > /dev/null\nprintf THE-TOKEN\n', 0o755);
  write('calls', '');
  const options = { PATH: `${folder}:${process.env['PATH']}`, CALLS: path('calls'), HOME: home, ...env };
  const said = execFileSync(shell, ['-c', script], { env: options, cwd: home, encoding: 'utf8' });
  const calls = readFileSync(path('calls'), 'utf8').split('\0\n').slice(0, -1);
  return { said, calls: calls.map((call) => call.split('\0')) };
}

const variable = (name: string) => `\${${name}}`;

const nasty = [
  ...[
    "it's",
    '"',
    '`id`',
    '$(id)',
    '$SFMC_CLIENT_SECRET',
    variable('SFMC_CLIENT_SECRET'),
    '; id',
    '| id',
    '& id',
    '> x',
    '!!',
    '*',
    '~',
    '#x',
    '-K x',
    '\\',
    "\\'",
  ],
  ...[
    '\'"$SFMC_CLIENT_SECRET"\'',
    "';id;'",
    'a\nid\n',
    '\r',
    '\t',
    '%0a',
    '[1-9]',
    '{a,b}',
    '--',
    '-',
    'é',
    '漢',
    '\u202e',
    '😀',
    '..a',
    'a/../b',
  ],
  ...[
    'value-of-sfmc-clientsecret',
    'value-of-sfmc-subdomain',
    'value-0-of-sfmc-clientsecret',
    'value-0-of-sfmc-subdomain',
  ],
  ...[
    'value-1-of-sfmc-subdomain',
    'value-0-of-sent-apikey',
    'value-of-sent-apikey',
    'value-0-of-sendblue-apisecretkey',
  ],
];

const pieces = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({ maxLength: 6 }),
);
const anyId = fc.array(pieces, { minLength: 1, maxLength: 5 }).map((parts) => `x${parts.join('')}x`.toWellFormed());

const routes = [
  { argv: ['sent', 'get'], takesAny: false, base: 'https://api.sent.dm/v3/messages/' },
  { argv: ['sendblue', 'get'], takesAny: false, base: 'https://api.sendblue.co/api/v2/messages/' },
  {
    argv: ['sfmc', 'get'],
    takesAny: true,
    base: 'https://mc0example.rest.marketingcloudapis.com/messaging/v1/sms/messages/',
  },
];

test('there are shells to try', () => {
  expect(shells).toContain('/bin/sh');
});

describe.each(routes)('$argv', ({ argv, takesAny, base }) => {
  const seed = Date.now() % 1_000_000;
  const isDoubtful = (id: string) => doubtId(unwrapId(id), providers[argv[0] ?? ''] as Provider) !== null;
  const isFit = (id: string) =>
    id.trim() === id && !id.startsWith('-') && (takesAny || !(/\p{Cc}/u.test(id) || isDoubtful(id)));
  const ids = [...new Set([...nasty, ...fc.sample(anyId, { numRuns: 200, seed })])].filter(isFit);

  test.each([
    ['with credentials', env],
    ['without any, so that names stand for all values', {}],
  ])('every id is asked for as it is, and nothing else is run: %s', async (_, given) => {
    const { code, stdout, stderr } = await run([...argv, ...ids, '--curl'], { env: given });
    expect([code, stderr]).toEqual([0, '']);
    for (const shell of shells) {
      const { said, calls } = runIn(shell, stdout);
      expect(said, `seed ${seed}`).toBe('');
      const asked = calls.filter((call) => !call.at(-1)?.endsWith('/v2/token')).map((call) => call.at(-1) ?? '');
      expect(asked.map((url) => url.slice(0, base.length))).toEqual(ids.map(() => base));
      const paths = asked.map((url) => decodeURIComponent(url.slice(base.length)));
      expect(paths, `seed ${seed}`).toEqual(ids);
      for (const url of asked) expect(url).not.toContain('THE-');
    }
  });
});

test('an address in a project file names no variable of a secret', async () => {
  const { home, cwd, write } = tempHome();
  const value = (number: string) => `https://value-${number}of-sfmc-clientsecret.evil.example/`;
  for (const restUrl of [value(''), value('0-'), value('1-')]) {
    write('project/.sbstatusrc', { sfmc: { restUrl, authUrl: restUrl, clientId: 'an-id', clientSecret: 'a-secret' } });
    const { stdout } = await run(['sfmc', 'get', 'x', '--curl'], { home, cwd });
    expect(stdout).not.toContain('\'"$SFMC_CLIENT_SECRET"\'');
  }
});
