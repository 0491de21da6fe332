import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { type Installed, install } from './installed.ts';
import { ran } from './shell.ts';
import { root } from './tree.ts';

// What README and pages say to type, typed into an empty folder of somebody who installed the packed file. What the recipes
// and docs/agents.md print is compared in test/cli/recipes.slow.test.ts.

let installed: Installed;
beforeAll(async () => {
  installed = await install();
});
afterAll(() => installed.remove());

const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...pagesIn('docs')].sort();

function pagesIn(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}
const compared = ['docs/recipes.md', 'docs/check.md', 'docs/agents.md'];
/** Of whoever works in a clone; .ci/run and the first test below run those. */
const isOfClone = (block: string) => /^npm /m.test(block);

const blocks = pages
  .filter((page) => !compared.includes(page))
  .flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ''], place) => ({ page, place, block }));
  });

test('there are blocks in all pages that have had some', () => {
  expect([...new Set(blocks.map(({ page }) => page))]).toEqual(
    expect.arrayContaining([
      'README.md',
      'docs/batches.md',
      'docs/configuration.md',
      'docs/decode.md',
      'docs/explain.md',
      'docs/list.md',
      'docs/privacy.md',
      'docs/waiting.md',
    ]),
  );
  expect(blocks.filter(({ block }) => isOfClone(block)).map(({ page }) => page)).toEqual([
    'CONTRIBUTING.md',
    'README.md',
    'README.md',
  ]);
});

test('the demo of the README runs in a clone', async () => {
  const { code, stdout, stderr } = await ran('npm', ['run', '-s', 'demo'], {
    cwd: installed.clone,
    env: installed.env,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/delivered/);
});

/** The files that pages name. */
const files = {
  'events.ndjson': '{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","info":{"messageKey":"k"}}\n',
  'webhooks.log': '{"field":"message","payload":{"message_id":"m","message_status":"SENT"}}\n',
};

/** Pages on which every line must end well. */
const strict = ['docs/batches.md', 'docs/waiting.md'];

describe.each(blocks.filter(({ block }) => !isOfClone(block)))('$page, block $place', ({ page, block }) => {
  const tools = ['jq', 'curl', 'sqlite3'].filter((tool) => new RegExp(`\\b${tool} `).test(block));
  needs(...tools).test('can be pasted', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-printed-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) if (block.includes(name)) writeFileSync(join(cwd, name), text);
    // What never ends by itself is let end.
    const script = block.replace('tail -F', 'cat');
    const { code, stderr } = await ran('sh', [strict.includes(page) ? '-ec' : '-c', script], {
      cwd,
      env: { PATH: installed.path, HOME: cwd },
    });
    // Verdicts are answers, and doctor finds nothing set up (41); 1, 2, 126 and 127 would mean that a line cannot be typed
    // like that.
    expect([block, code]).toEqual([
      block,
      expect.toSatisfy(
        (each: number) => each === 0 || (!strict.includes(page) && (each === 41 || (each >= 20 && each < 30))),
      ),
    ]);
    expect(stderr).not.toMatch(/[Uu]sage|unknown (option|command)|internal error|not found$|^ {4}at /m);
  });
});

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): string[] {
  const headings = [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

test.each([...pages, 'CHANGELOG.md'])('every link of %s leads somewhere', (page) => {
  const text = readFileSync(join(root, page), 'utf8').replace(/^```.*?^```$/gms, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, picture]) => link ?? picture ?? '',
  );
  const local = links.filter((link) => !/^https:\/\//.test(link));
  const isDead = (link: string) => {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? join(root, page) : join(root, page, '..', path);
    return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
  };
  expect(local.filter(isDead)).toEqual([]);
  expect(links.filter((link) => /^http:/.test(link))).toEqual([]);
});
