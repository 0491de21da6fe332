import { chownSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import pty from '@lydell/node-pty';
import { expect, onTestFinished, test } from 'vitest';
import { loadProviders } from '../../src/providers/index.ts';
import { builtBin } from '../support/bin.ts';
import { tempHome } from '../support/home.ts';
import { mockEnv } from '../support/mock.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/run.ts';

const own = '.config/sbstatus/config.yaml';
const modeOf = (path: string) => statSync(path).mode & 0o777;

type Answers = readonly (readonly [question: string, answer: string])[];

/** A person at a terminal: answers each question as it comes. Ends with all that the terminal showed. */
function atTerminal(argv: readonly string[], home: string, answers: Answers) {
  const terminal = pty.spawn(process.execPath, [builtBin(), ...argv], {
    cols: 200,
    cwd: home,
    env: { HOME: home, PATH: process.env['PATH'] ?? '', TERM: 'xterm' },
  });
  onTestFinished(() => terminal.kill());
  let shown = '';
  let read = 0;
  const left = [...answers];
  return new Promise<{ code: number; shown: string; unanswered: number }>((resolve) => {
    terminal.onData((text) => {
      shown += text;
      const [next] = left;
      const at = next === undefined ? -1 : shown.indexOf(next[0], read);
      if (next === undefined || at === -1) return;
      read = at + next[0].length;
      left.shift();
      terminal.write(next[1]);
    });
    terminal.onExit(({ exitCode }) => resolve({ code: exitCode, shown, unanswered: left.length }));
  });
}

/** The answers for each provider, in the order in which they are asked for; whoever is not named is declined. */
async function answersFor(named: Readonly<Record<string, Answers>>): Promise<Answers> {
  const all = Object.values(await loadProviders());
  return all.flatMap(({ id, title }) => named[id] ?? [[`Set up ${title}? [y/N]`, 'n\r']]);
}

test('init on a terminal: asks, shows no secret, and what it writes works at once', async () => {
  const { settingsOf, env } = await mockEnv();
  const { home, path } = tempHome();
  const sent = settingsOf('sent');
  const sfmc = settingsOf('sfmc');
  const answers = await answersFor({
    sent: [
      ['Set up Sent? [y/N]', 'y\r'],
      ['the API key (not shown)', `${sent['apiKey']}\r`],
      ['(empty for none)', '\r'],
    ],
    sfmc: [
      ['Set up Salesforce Marketing Cloud? [y/N]', 'yes\r'],
      ['(empty for 2)', '7\r'],
      ['(empty for 2)', '\r'],
      ['client id (not shown)', `${sfmc['clientId']}\r`],
      ['client secret (not shown)', `${sfmc['clientSecret']}\r`],
      ['subdomain', 'mc1\r'],
      ['(MID) that sent the message', `${sfmc['accountId']}\r`],
    ],
  });
  const { code, shown, unanswered } = await atTerminal(['config', 'init'], home, answers);
  expect([code, unanswered]).toEqual([0, 0]);
  expect(shown).toContain(path(own));
  // What is not shown still ends its line.
  expect(stripVTControlCharacters(shown)).toMatch(/the API key \(not shown\): \r\nSent: the child profile/);
  for (const secret of [sent['apiKey'], sfmc['clientId'], sfmc['clientSecret']]) expect(shown).not.toContain(secret);
  expect([modeOf(path(own)), modeOf(path('.config/sbstatus'))]).toEqual([0o600, 0o700]);
  const { SENT_BASE_URL = '', SFMC_AUTH_BASE_URL = '', SFMC_REST_BASE_URL = '' } = env;
  const addresses = { SENT_BASE_URL, SFMC_AUTH_BASE_URL, SFMC_REST_BASE_URL };
  const { stdout, code: healthy } = await run(['doctor'], { home, env: addresses });
  expect([healthy, stdout.match(/✓ provider/g)?.length]).toEqual([0, 2]);
});

test('init on a terminal adds to a file, and asks before it reads another program’s', async () => {
  const { home, path, write } = tempHome();
  write(own, '# mine\nsent: { apiKey: "what-was-there-before" }\n');
  write('.sendblue/credentials.json', {
    apiKey: 'id-of-the-other-cli',
    apiSecret: 'secret-of-the-other-cli',
    plan: 'x',
  });
  const others = await answersFor({ sendblue: [['credentials.json, the file of Sendblue’s own CLI? [y/N]', 'y\r']] });
  const block = 'sendblue:\n  apiKeyId: "id-of-the-other-cli"\n  apiSecretKey: "secret-of-the-other-cli"\n';
  const added = await atTerminal(
    ['config', 'init'],
    home,
    others.filter(([question]) => question !== 'Set up Sent? [y/N]'),
  );
  expect([added.code, added.unanswered]).toEqual([0, 0]);
  expect(added.shown).toContain(`${path(own)} exists: what you set up now is added to it`);
  expect(added.shown).not.toMatch(/Set up Sent\?|of-the-other-cli|there-before/);
  const text = await readFile(path(own), 'utf8');
  expect(text).toBe(`# mine\nsent: { apiKey: "what-was-there-before" }\n${block}`);
  const replaced = await atTerminal(['config', 'init', '--force'], home, others);
  expect([replaced.code, replaced.unanswered]).toEqual([0, 0]);
  expect((await readFile(path(own), 'utf8')).replace(/^#.*\n/, '')).toBe(block);
  const sendblue = [
    ['CLI? [y/N]', 'n\r'],
    ['Set up Sendblue?', '\r'],
  ] as const;
  const argv = ['config', 'init', '--file', 'other.yaml'];
  const declined = await atTerminal(argv, home, await answersFor({ sendblue }));
  expect([declined.code, declined.shown]).toEqual([2, expect.stringContaining('nothing was written')]);
});

test('init on a terminal says what a file has already, and asks for nothing where it has all', async () => {
  const { home, path, write } = tempHome();
  write(own, 'sent: { apiKey: a }\nsfmc: { subdomain: mc1 }\n');
  const some = await atTerminal(['config', 'init'], home, await answersFor({ sent: [], sfmc: [] }));
  expect([some.code, some.unanswered]).toEqual([2, 0]);
  expect(some.shown).toContain('what you set up now is added to it; it has sent, sfmc already: change those there');
  const providers = Object.values(await loadProviders());
  write(own, providers.map(({ id, settings }) => `${id}: { ${Object.keys(settings)[0]}: a }\n`).join(''));
  const all = await atTerminal(['config', 'init'], home, []);
  expect([all.code, stripVTControlCharacters(all.shown)]).toEqual([
    2,
    `error: ${path(own)} has ${providers.map(({ id }) => id).join(', ')} already; hint: change it there, or add --force to replace the whole file\r\n`,
  ]);
});

test('Ctrl-C at a question leaves everything as it was', async () => {
  const { home, has } = tempHome();
  const interrupted = [
    ['Set up Sendblue?', 'y\r'],
    ['(not shown)', '\u0003'],
  ] as const;
  const { code, shown } = await atTerminal(['config', 'init'], home, await answersFor({ sendblue: interrupted }));
  expect([code, has(own)]).toEqual([130, false]);
  expect(shown).not.toMatch(/\n\s+at /);
  const ended = await answersFor({ sendblue: [['Set up Sendblue?', '\u0004']] });
  const left = await atTerminal(['config', 'init'], home, ended);
  expect([left.code, has(own)]).toEqual([2, false]);
});

test.each([
  [
    'keys',
    (keys: Record<string, string>) => `# mine\n\nsent.apiKey=${keys['apiKey']}\nsent.baseUrl = ${keys['baseUrl']}\n`,
  ],
  [
    'names',
    (keys: Record<string, string>) => `export SENT_DM_API_KEY="${keys['apiKey']}"\r\nSENT_BASE_URL=${keys['baseUrl']}`,
  ],
  ['JSON', (keys: Record<string, string>) => JSON.stringify({ sent: keys })],
])('init without a terminal takes %s on stdin, and what it writes works at once', async (_, textOf) => {
  const { settingsOf } = await mockEnv();
  const { home, path } = tempHome();
  const { code, stdout, stderr } = await run(['config', 'init', '--stdin'], {
    home,
    stdin: textOf(settingsOf('sent')),
  });
  expect([code, stdout]).toEqual([0, `${path(own)}\n`]);
  expect(stderr).toContain('sbstatus doctor');
  expect(modeOf(path(own))).toBe(0o600);
  expect((await run(['sent', 'get', 'delivered', '-q'], { home })).code).toBe(0);
});

test('init writes a profile, and JSON where the name asks for it', async () => {
  const { home, cwd, path } = tempHome();
  const stdin = `sendblue.apiKeyId=id-in-a-profile\nsendblue.apiSecretKey=\${SECRET}\n`;
  const argv = ['config', 'init', '--stdin', '--profile', 'staging env', '--file', 'new/sb.json'];
  expect((await run(argv, { home, cwd, stdin })).code).toBe(0);
  expect(JSON.parse(await readFile(path('project/new/sb.json'), 'utf8'))).toEqual({
    defaultProfile: 'staging env',
    profiles: { 'staging env': { sendblue: { apiKeyId: 'id-in-a-profile', apiSecretKey: `\${SECRET}` } } },
  });
  const yaml = [...argv.slice(0, -1), 'sb.yaml'];
  expect((await run(yaml, { home, cwd, stdin })).code).toBe(0);
  const shown = await run(['config', 'show', '--json', '--config', path('project/sb.yaml')], { home, cwd });
  expect(JSON.parse(shown.stdout).profile).toBe('staging env');
});

test.each([
  ['a line that is none', '# mine\nsk-that-is-secret\n', /line 2 on standard input is not key=value/],
  [
    'a key like another',
    'sent.apiKei=a-value-that-is-secret',
    /line 1 on standard input: no such setting; hint: did you mean sent.apiKey\?/,
  ],
  ['a secret for a key', '\n\nthat-is-secret=', /line 3 on standard input is not key=value/],
  [
    'a secret in place of a key',
    'sent.apiKey=x\nthat.is.secret_that=is-secret',
    /line 2 on standard input: no such setting; hint: see /,
  ],
  ['a name that objects have', '__proto__=that-is-secret', /line 1 on standard input: no such setting/],
  [
    'a key of JSON like another',
    '{\n"sent": {\n"apiKei": "that-is-secret" } }',
    /line 3 on standard input: no such setting; hint: did you mean sent.apiKey\?/,
  ],
  [
    'a secret in place of a provider',
    '{"sent": {},\n"that-is-secret": {"that-is-secret": "that-is-secret"}}',
    /line 2 on standard input: no such setting/,
  ],
  ['a secret in place of a block', '{"sent":\n"that-is-secret"}', /line 1 on standard input: no such setting/],
  ['a list of JSON', '{"sent": ["that-is-secret"]}', /line 1 on standard input: no such setting/],
  [
    'a value that is none',
    '{"sent": {"apiKey":\n{"that-is-secret": "that-is-secret"}}}',
    /line 1 on standard input: sent.apiKey is not a string/,
  ],
  [
    'broken JSON',
    '{"sent": {\n"apiKey": "a-value-that-is-secret"',
    /standard input, line 2: invalid JSON: a \[ or \{ is not closed/,
  ],
  ['JSON with a tail', '{"sent": {"apiKey": "that-is-secret"}} that-is-secret', /standard input, line 1: invalid JSON/],
  ['a number', '{"sfmc": {"accountId": 7}}', /line 1 on standard input: sfmc.accountId is not a string/],
  ['nothing', '\n', /holds no setting/],
  ['no block', '{"sent": null}', /holds no setting/],
  [
    'a setting twice',
    'sent.apiKey=that-is-secret\nsent.apiKey=that-is-too',
    /line 2 on standard input: sent.apiKey is given twice; hint: give it once/,
  ],
  [
    'a setting twice, by its two names',
    'sent.apiKey=that-is-secret\nSENT_API_KEY=that-is-too',
    /line 2 on standard input: sent.apiKey is given twice/,
  ],
  [
    'a setting twice, by its two names in JSON',
    '{"sent": {"apiKey": "that-is-secret"},\n"SENT_API_KEY": "that-is-secret"}',
    /line 2 on standard input: sent.apiKey is given twice/,
  ],
  [
    'a key of JSON twice',
    '{"sent": {"apiKey": "that-is-secret",\n"apiKey": "that-is-too"}}',
    /standard input, line 2: the same key stands here twice/,
  ],
  ['a value that no header can carry', 'sent.apiKey=a value-that-is-secret', /sent.apiKey holds a blank/],
  ['a value of the wrong form', 'sfmc.subdomain=that-is-secret.', /sfmc.subdomain does not look like/],
  [
    'an address that is not encrypted',
    'sent.apiKey=a-value-that-is-secret\nsent.baseUrl=http://x.example',
    /must be https/,
  ],
  [
    'an address with a password',
    'sent.baseUrl=https://u:that-is-secret@x.example',
    /must not hold a user or a password/,
  ],
])('init refuses %s, writes nothing and repeats nothing', async (_, stdin, message) => {
  const { home, has } = tempHome();
  const { code, stdout, stderr } = await run(['config', 'init', '--stdin'], { home, stdin });
  expect([[2, 41].includes(code), stdout, has(own)]).toEqual([true, '', false]);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/that.is|is-secret|apiKei/);
});

test.each(['sent.apiKey=with-a-mark', '{"sent": {"apiKey": "with-a-mark"}}'])(
  'init takes %s behind a byte order mark',
  async (stdin) => {
    const { home, path } = tempHome();
    const { code } = await run(['config', 'init', '--stdin'], { home, stdin: `\ufeff${stdin}` });
    expect([code, await readFile(path(own), 'utf8')]).toEqual([0, expect.stringContaining('with-a-mark')]);
  },
);

test.each([[[]], [['--json']]])(
  'show %j tells a refused address without its password, and ends with 41',
  async (flags) => {
    const { home, cwd } = tempHome();
    const env = {
      SENT_DM_API_KEY: 'shown-to-nobody',
      SENT_BASE_URL: 'https://me:hush-hush@api.example/v1?key=hush-hush',
    };
    const { code, stdout, stderr } = await run(['config', 'show', ...flags], { home, cwd, env });
    expect(code).toBe(41);
    expect(stdout).toContain('https://[redacted]@api.example/v1');
    for (const argv of [
      ['doctor', ...flags],
      ['sent', 'get', 'x', ...flags],
      ['sent', 'get', 'x', '--curl', '-v'],
    ]) {
      const other = await run(argv, { home, cwd, env });
      expect(other.stdout + other.stderr + stdout + stderr).not.toContain('hush-hush');
    }
    // Without credentials nobody has looked at the address before it is shown.
    const curl = await run(['sent', 'get', 'x', '--curl'], { home, cwd, env: { SENT_BASE_URL: env.SENT_BASE_URL } });
    expect([curl.code, curl.stdout + curl.stderr]).toEqual([41, expect.not.stringContaining('hush-hush')]);
  },
);

test('init without a terminal and without --stdin says how', async () => {
  const { code, stdout, stderr } = await run(['config', 'init']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/no terminal to ask on; hint: .*--stdin/);
});

const addition = 'sent.apiKey=the-new-api-key';
const add = (home: string, ...flags: string[]) =>
  run(['config', 'init', '--stdin', ...flags], { home, cwd: home, stdin: addition });

test('init replaces a file with --force only, and never writes through a link', async () => {
  const { home, path, write, link, has } = tempHome();
  write(own, 'sent: { apiKey: "the-old-api-key" }\n');
  const refused = await add(home);
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toMatch(/config.yaml has sent already; hint: change it there, or add --force to replace/);
  expect((await add(home, '--force')).code).toBe(0);
  expect(await readFile(path(own), 'utf8')).toMatch(/^# Written by .*\nsent:\n {2}apiKey: "the-new-api-key"\n$/);
  link('project/link.yaml', path('target'));
  expect((await add(home, '--file', 'project/link.yaml')).code).toBe(2);
  expect(has('target')).toBe(false);
  link('project/own.yaml', write('other.yaml', '# mine\n'));
  const linked = await add(home, '--file', 'project/own.yaml');
  expect([linked.code, linked.stderr]).toEqual([2, expect.stringContaining('is a link')]);
  expect(await readFile(path('other.yaml'), 'utf8')).toBe('# mine\n');
});

const block = (margin: string) => `${margin}sent:\n${margin}  apiKey: "the-new-api-key"\n`;
const keys = '{ apiKeyId: "an-id-of-yours", apiSecretKey: "a-secret-of-yours" }';

test.each([
  ['an empty file', null, '', block(''), ''],
  ['comments', null, '# mine\n\n', block(''), ''],
  ['another provider', null, `# mine\nsendblue: ${keys} # a\n\n# z\n`, block(''), ''],
  ['no line end', null, `sendblue: ${keys}`, `\n${block('')}`, ''],
  ['a byte order mark', null, `\ufeffsendblue: ${keys}\n`, block(''), ''],
  ['lines of Windows', null, `sendblue: ${keys}\r\n`, block('').replaceAll('\n', '\r\n'), ''],
  ['a document that is indented', null, `---\n  sendblue: ${keys}\n`, block('  '), ''],
  ['no profile', 'new', '# mine\n', `defaultProfile: "new"\nprofiles:\n  new:\n${block('    ')}`, ''],
  [
    'other profiles',
    'new',
    `profiles:\n    old:\n        sendblue: ${keys}\n        # indented\n`,
    `    new:\n${block('      ')}`,
    '\n# not indented\ndefaultProfile: old\n',
  ],
  [
    'a profile that is there',
    'old',
    `profiles:\n  old:\n# out of line\n   sendblue: ${keys}\n`,
    block('   '),
    `\n  other:\n    sent: { apiKey: "another-key" }\n# end`,
  ],
])('init adds to %s and leaves every byte as it is', async (_, profile, before, added, after) => {
  const { home, path, write } = tempHome();
  write(own, before + after);
  const { code, stdout, stderr } = await add(home, ...(profile === null ? [] : ['--profile', profile]));
  expect([code, stdout]).toEqual([0, `${path(own)}\n`]);
  expect([await readFile(path(own), 'utf8'), modeOf(path(own))]).toEqual([before + added + after, 0o600]);
  const how = profile === null || !before.includes('profiles') ? '' : ` --profile ${profile}`;
  expect(stderr).toBe(
    `note: added, and the rest left as it was; for you alone (0600); try it: sbstatus doctor${how}\n`,
  );
  const shown = await run(['config', 'show', ...how.split(' ').slice(1)], { home, cwd: home });
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/sent\tapiKey\t\[redacted\]/)]);
});

test.each([
  ['JSON', 'sb.json', null, '{}', 2, /sb.json is JSON, and only YAML is added to; hint: write the settings there/],
  ['JSON under another name', '.sbstatusrc', null, `{"sendblue": {}}`, 2, /by hand, or add --force/],
  ['profiles in braces', 'sb.yaml', 'new', 'profiles: { a: {} }\n', 2, /write profiles.new.sent there by hand/],
  ['no profiles in braces', 'sb.yaml', 'new', 'profiles: {}\n', 2, /write profiles.new.sent there by hand/],
  ['an end of the document', 'sb.yaml', null, 'sendblue: {}\n...\n', 2, /write sent there by hand/],
  ['the same provider', 'sb.yaml', 'a', 'profiles:\n  a:\n    sent: {}\n', 2, /has profiles.a.sent already/],
  ['the same by merging', 'sb.yaml', null, 'sendblue: &a {}\n<<: { sent: *a }\n', 2, /has sent already/],
  ['profiles, and none named', 'sb.yaml', null, 'profiles:\n  a: {}\n', 2, /has profiles; hint: .*: a$/m],
  ['no profiles, and one named', 'sb.yaml', 'a', 'sendblue: {}\n', 2, /has providers outside of profiles/],
  ['what is broken', 'sb.yaml', null, 'a: b\n\tc: d\n', 41, /sb.yaml, line 2: invalid YAML: tabs cannot indent/],
  ['what is wrong', 'sb.yaml', null, 'sendblue: {}\nsnt: {}\n', 41, /sb.yaml, line 2: snt is not a known key/],
])('init does not add to %s', async (_, name, profile, text, exit, message) => {
  const { home, path, write } = tempHome();
  write(name, text);
  const { code, stdout, stderr } = await add(home, '--file', name, ...(profile === null ? [] : ['--profile', profile]));
  expect([code, stdout, stderr]).toEqual([exit, '', expect.stringMatching(message)]);
  expect(stderr).not.toContain('the-new-api-key');
  expect(await readFile(path(name), 'utf8')).toBe(text);
});

test('init does not add to a file that others can write', async () => {
  const { home, path, write } = tempHome();
  write(own, '# mine\nsendblue: {}\n', 0o666);
  const { code, stderr } = await add(home);
  expect([code, stderr]).toEqual([41, expect.stringContaining(`chmod 600 ${path(own)}`)]);
});

test('init says which variables go before the file', async () => {
  const { home } = tempHome();
  const env = { SENT_API_KEY: 'from-the-environment' };
  const { stderr } = await run(['config', 'init', '--stdin'], { home, env, stdin: 'sent.apiKey=from-the-file' });
  expect(stderr).toContain('SENT_API_KEY in the environment go before this file');
});

test('init says where it cannot write', async () => {
  const { home, write } = tempHome();
  const file = `${write('a-file', '')}/config.yaml`;
  const argv = ['config', 'init', '--stdin', '--file', file];
  const { code, stderr } = await run(argv, { home, stdin: 'sent.apiKey=nowhere-to-put-it' });
  expect([code, stderr]).toEqual([41, expect.stringContaining(`${file} cannot be written`)]);
});

test('show tells every value and where it comes from, and runs and fetches nothing', async () => {
  const { home, cwd, write, has } = tempHome();
  const file = write('.sbstatusrc', {
    sent: { apiKey: { command: ['touch', `${home}/ran`] }, profileId: 'p-1' },
    sfmc: { subdomain: 'mc1' },
  });
  const env = { SENDBLUE_API_KEY: 'shown-to-nobody-1', SENDBLUE_API_SECRET: 'shown-to-nobody-2' };
  const { code, stdout, stderr } = await run(['config', 'show'], { home, cwd, env });
  expect([code, stderr, has('ran')]).toEqual([0, '', false]);
  // Another provider would have its default here too.
  expect(stdout.split('\n').filter((line) => /^(provider|sendblue|sent|sfmc|$)/.test(line))).toEqual([
    'provider\tsetting\tvalue\tfrom',
    'sendblue\tapiKeyId\t[redacted]\tthe environment (SENDBLUE_API_KEY)',
    'sendblue\tapiSecretKey\t[redacted]\tthe environment (SENDBLUE_API_SECRET)',
    'sendblue\tbaseUrl\thttps://api.sendblue.co\tthe default',
    `sent\tapiKey\t[redacted]\ta command named in ${file} (sent.apiKey)`,
    `sent\tprofileId\tp-1\t${file} (sent.profileId)`,
    'sent\tbaseUrl\thttps://api.sent.dm\tthe default',
    `sfmc\tsubdomain\tmc1\t${file} (sfmc.subdomain)`,
    '',
  ]);
  const json = JSON.parse((await run(['config', 'show', '--json'], { home, cwd, env })).stdout);
  expect(json).toMatchObject({ schema: 'sbstatus.config/1', profile: null, files: [{ path: file, mode: '600' }] });
  const known = ['sendblue', 'sent', 'sfmc'];
  expect(json.settings.filter(({ provider }: { provider: string }) => known.includes(provider))).toHaveLength(7);
});

test('show tells what is wrong, and ends with 41', async () => {
  const { home, cwd, write } = tempHome();
  write('project/.sbstatusrc', { sent: { baseUrl: 'https://evil.example' } }, 0o644);
  const { code, stdout, stderr } = await run(['config', 'show'], {
    home,
    cwd,
    env: { SENT_DM_API_KEY: 'shown-to-nobody' },
  });
  expect(code).toBe(41);
  expect(stdout).toContain('https://evil.example');
  expect(stderr).toContain('sets baseUrl, but apiKey is from the environment');
  expect((await run(['config', 'show', '--profile', 'x'], { home, cwd })).code).toBe(41);
});

test('show tells which of the named variables and files are not there, without reading them', async () => {
  const { home, write } = tempHome();
  const sendblue = { apiKeyId: `$${'{KEY_ID}'}`, apiSecretKey: { file: '~/there' } };
  write('.sbstatusrc', { sendblue, sent: { apiKey: { file: '~/nowhere' } } });
  write('there', 'the-secret-of-sendblue');
  const shown = async (env: Record<string, string>) => {
    const { stdout } = await run(['config', 'show', '--json'], { home, cwd: home, env });
    const { settings } = JSON.parse(stdout) as { settings: { setting: string; value: string }[] };
    return Object.fromEntries(
      settings.filter(({ setting }) => setting.startsWith('api')).map((each) => [each.setting, each.value]),
    );
  };
  const rest = { apiSecretKey: '[redacted]', apiKey: '(not there)' };
  expect(await shown({})).toEqual({ apiKeyId: '(not there)', ...rest });
  expect(await shown({ KEY_ID: 'key-0123456789' })).toEqual({ apiKeyId: '[redacted]', ...rest });
});

test('show warns of a file that others can read', async () => {
  const { home, write } = tempHome();
  const file = write('.sbstatusrc', { sent: { apiKey: 'shown-to-nobody' } }, 0o644);
  const { code, stderr } = await run(['config', 'show'], { home });
  expect([code, stderr]).toEqual([0, expect.stringContaining(`chmod 600 ${file}`)]);
});

needs('root').test('only whose file it is is told to close it: a secret that root mounts cannot be', async () => {
  const { settingsOf } = await mockEnv();
  const { home, write, path } = tempHome();
  const { apiKey = '', ...others } = settingsOf('sent');
  write('.sbstatusrc', { sent: { ...others, apiKey: { file: '~/key' } } });
  const stderr = async (uid: number) => {
    write('key', apiKey, 0o644);
    chownSync(path('key'), uid, uid);
    chownSync(path('.sbstatusrc'), 12345, 12345);
    const { code, stderr } = await run(['sent', 'get', 'delivered', '-q', '-v'], { home, uid: 12345 });
    expect(code).toBe(0);
    return stderr;
  };
  expect(await stderr(12345)).toMatch(/others can read .*: chmod 600 it/);
  expect(await stderr(0)).not.toContain('chmod');
});

test('path names your own file, the one that is there or the one that would be', async () => {
  const { home, cwd, path, write } = tempHome();
  expect(await run(['config', 'path'], { home, cwd })).toEqual({ code: 0, stdout: `${path(own)}\n`, stderr: '' });
  write('.sbstatusrc', {});
  expect((await run(['config', 'path'], { home, cwd })).stdout).toBe(`${path('.sbstatusrc')}\n`);
  writeFileSync(path('project/.sbstatusrc'), '{"sent":{}}');
  const { stdout } = await run(['config', 'path', '--all'], { home, cwd });
  expect(stdout).toContain(`used\tproject\t${path('project/.sbstatusrc')}\n`);
  expect(stdout).toContain(`-\tuser\t${path(own)}\n`);
  const all = JSON.parse((await run(['config', 'path', '--all', '--json'], { home, cwd })).stdout);
  expect(all).toContainEqual({ path: path('project/.sbstatusrc'), kind: 'project', used: true });
});

const reference = 'op://Private/Sent/api key';

test.each([
  ['the environment', { env: { SENT_DM_API_KEY: reference } }, 'op run -- sbstatus'],
  ['your own file', { file: '.config/sbstatus/config.yaml' }, 'sbstatus schema config'],
  ['a project’s file', { file: 'project/.sbstatusrc' }, 'sbstatus schema config'],
] as const)('a literal op:// in %s is refused with what to write', async (_, where, hint) => {
  const { home, cwd, write } = tempHome();
  if ('file' in where) write(where.file, { sent: { apiKey: reference } });
  const env = 'env' in where ? where.env : {};
  const { code, stdout, stderr } = await run(['sent', 'get', 'some-id', '--quiet'], { home, cwd, env });
  expect({ code, stdout }).toEqual({ code: 41, stdout: '' });
  expect(stderr).toContain('is a 1Password reference, not the key: write { command: [op, read, "op://…"] }');
  expect(stderr).toContain(hint);
  expect(stderr).not.toContain('Private');
});

test('init takes no op:// for a key', async () => {
  const { home, cwd, has } = tempHome();
  const stdin = `sent.apiKey=${reference}\n`;
  const { code, stdout, stderr } = await run(['config', 'init', '--stdin'], { home, cwd, stdin });
  expect({ code, stdout }).toEqual({ code: 41, stdout: '' });
  expect(stderr).toContain('{ command: [op, read, "op://…"] }');
  expect(has('.config/sbstatus/config.yaml')).toBe(false);
});

test('on Windows nothing is told of modes, which are not there', async () => {
  const { home, cwd, path, write } = tempHome();
  const windows = { home, cwd, env: { APPDATA: path('roaming') }, platform: 'win32' } as const;
  const init = await run(['config', 'init', '--stdin'], { ...windows, stdin: 'sent.apiKey=on-windows-key\n' });
  const file = path('roaming/sbstatus/config.yaml');
  const note = 'note: written; try it: sbstatus doctor\n';
  expect(init).toEqual({ code: 0, stdout: `${file}\n`, stderr: note });
  write('roaming/sbstatus/config.yaml', { sent: { apiKey: 'on-windows-key' } }, 0o666);
  const { stdout, stderr } = await run(['config', 'show', '--json'], windows);
  expect(JSON.parse(stdout)).toMatchObject({ files: [{ path: file, mode: null }] });
  expect(stderr).toBe('');
});
