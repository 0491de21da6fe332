import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { ran } from './shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

needs('Linux').describe('the single executable', () => {
  let folder = '';
  let said = '';
  const executable = () => join(folder, 'sbstatus');
  /** No Node, no user: nothing is found but what is inside. */
  const bare = () => ({ cwd: folder, env: { PATH: '/nonexistent', HOME: folder } });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sbstatus-executable-'));
    const { code, stderr } = await ran(process.execPath, ['.build/binary.js', executable()], { cwd: root });
    if (code !== 0) throw new Error(stderr);
    said = stderr;
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has the licences of all that is inside beside it', () => {
    const text = readFileSync(`${executable()}.LICENSES.txt`, 'utf8');
    expect(text).toMatch(/^got 14\./m);
    if (!text.includes('\nNode.js is licensed for use as follows')) expect(said).toContain('add the licence of Node');
  });

  test('says its version', async () => {
    const { stdout: version } = await ran(process.execPath, [join(root, 'bin/sbstatus.js'), '--version']);
    expect(await ran(executable(), ['--version'], bare())).toEqual({ code: 0, stdout: version, stderr: '' });
  });

  test('looks up where there is no Node', async () => {
    const argv = ['sendblue', 'get', 'msg_abc123def456', '--mock', '--exit-zero', '--field', 'state'];
    expect(await ran(executable(), argv, bare())).toEqual({ code: 0, stdout: 'sent\n', stderr: '' });
  });

  test('draws a table, CSV, and says what is wrong', async () => {
    const id = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';
    const table = await ran(executable(), ['sent', 'get', id, '--mock'], bare());
    expect(table).toMatchObject({ code: 0, stdout: expect.stringContaining('delivered'), stderr: '' });
    const csv = await ran(executable(), ['sent', 'get', id, '--mock', '-o', 'csv', '--fields', 'id,state'], bare());
    expect(csv.stdout).toMatch(new RegExp(`^id,state\r?\n${id},delivered\r?\n$`));
    const wrong = await ran(executable(), ['sent', 'fetch'], bare());
    expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('reads a config file, and runs nothing of what lies around it', async () => {
    const project = join(folder, 'project');
    const trap = (name: string) => `require('node:fs').writeFileSync(${JSON.stringify(join(folder, name))}, '');`;
    mkdirSync(join(project, 'node_modules/typescript'), { recursive: true });
    mkdirSync(join(project, '.config'));
    writeFileSync(join(project, 'node_modules/typescript/index.js'), trap('trapped-typescript'));
    writeFileSync(join(project, '.config/config.js'), trap('trapped-config'));
    writeFileSync(join(project, '.sbstatusrc.js'), trap('trapped-rc'));
    writeFileSync(join(project, 'package.json'), '{"cosmiconfig":{"searchPlaces":["trap.js"]}}');
    writeFileSync(join(project, 'trap.js'), trap('trapped-place'));
    writeFileSync(
      join(project, '.sbstatusrc'),
      'sendblue: { apiKeyId: k, apiSecretKey: s, baseUrl: "http://127.0.0.1:9" }\n',
    );
    const argv = ['sendblue', 'get', 'msg_abc123def456', '--json'];
    const { code, stdout } = await ran(executable(), argv, { ...bare(), cwd: project });
    // The file was read: its address refuses the connection.
    expect({ code, error: JSON.parse(stdout).error?.code }).toEqual({ code: 30, error: 'refused' });
    expect(readdirSync(folder).filter((name) => name.startsWith('trapped'))).toEqual([]);
  });
});
