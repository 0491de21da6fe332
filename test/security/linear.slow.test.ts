import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { eventsIn } from '../../src/cli/commands/decode-events.ts';
import { faultOfReply } from '../../src/core/error-response.ts';
import { decodeText, isWebPage, parseJson } from '../../src/core/json.ts';
import { maskRecord, maskText } from '../../src/core/mask.ts';
import { Settings } from '../../src/core/settings.ts';
import { retryAfterSeconds, utc } from '../../src/core/time.ts';
import { baseProblem, idProblem, urlOf } from '../../src/core/url.ts';
import { createRedactor } from '../../src/http/redactor.ts';
import { textTrace } from '../../src/http/trace.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { createCsvRenderer } from '../../src/render/csv.ts';
import { createAnnotationRenderer } from '../../src/render/github.ts';
import { xmlText } from '../../src/render/junit.ts';
import { createMarkdownRenderer } from '../../src/render/markdown.ts';
import { jsonText, visible } from '../../src/render/safe-text.ts';
import { createTableRenderer } from '../../src/render/table.ts';
import { truncate, width, wrap } from '../../src/render/width.ts';
import { ending, failed, pipe, record, terminal } from '../render/sample.ts';
import { builtBin } from '../support/bin.ts';
import { tempHome } from '../support/home.ts';
import { run } from '../support/run.ts';

// Time grows with the length of foreign text, and not with its square: four times the text takes less than 2.5 times as
// long as the text four times, where a square would take four times as long. A busy machine disturbs both alike, since
// they take about as long. Whatever is quick at that length is not measured further.

const bytes = (text: string) => new TextEncoder().encode(text);
const now = Date.parse('2026-03-11T19:54:10.000Z');
const token = (text: string) => `<${text.length}>`;
const providers = Object.values(await loadProviders());
const settings = new Settings(new Map());
const card = await createTableRenderer(terminal(80, { single: true }));
const grid = await createTableRenderer(terminal(80));
const tsv = await createTableRenderer({ ...pipe, ci: true });
const redactor = createRedactor(['sk_live_0123456789abcdef', 'aaaaaaaaaaaaaaaaaaaaaaaa', '111111111111']);

const spoiled = (text: string) =>
  record({
    ...failed,
    id: text,
    providerState: text,
    from: text,
    details: { [text]: text, list: [text] },
    warnings: [text],
    timeline: [{ state: 'sent', providerState: text, at: null, description: text, source: 'observed' }],
  });

/** Everything that foreign text goes through. */
const functions: Readonly<Record<string, (text: string) => unknown>> = {
  isWebPage,
  decodeText: (text) => decodeText(bytes(text)),
  parseJson: (text) => attempt(() => parseJson(text)),
  maskText: (text) => maskText(text, token),
  'maskText of an address': (text) => maskText(`https://x.example/?a=${text}`, token),
  maskRecord: (text) => maskRecord(spoiled(text), { values: ['list'], sentences: [text] }, token),
  idProblem: (text) => idProblem(text, true) ?? idProblem(text.slice(0, 256), false),
  baseProblem: (text) => baseProblem(`https://x.example/${text}`),
  urlOf: (text) => attempt(() => urlOf(new URL('https://x.example/a'), { path: [text], query: { q: text } })),
  utc: (text) => utc(text),
  retryAfterSeconds: (text) => retryAfterSeconds(text, now),
  redactor: (text) => redactor.text(text),
  'redactor of a reply': (text) =>
    redactor
      .reply({ status: 200, headers: { a: text, location: text }, bytes: bytes(text) })
      .redact?.({ [text]: text }),
  'errors of the providers': (text) =>
    providers.map((provider) =>
      faultOfReply(provider, settings, { status: 404, headers: { location: text }, bytes: bytes(text) }, now),
    ),
  'errors of the providers in JSON': (text) =>
    providers.map((provider) =>
      faultOfReply(
        provider,
        settings,
        {
          status: 400,
          headers: {},
          bytes: bytes(JSON.stringify({ message: text, error: { code: text, message: text } })),
        },
        now,
      ),
    ),
  trace: (text) => {
    const reply = { status: 200, headers: { server: text, location: text }, bytes: bytes('') };
    textTrace(() => undefined).onReply(1, reply, 1);
  },
  visible,
  width,
  'wrap to 20': (text) => wrap(text, 20),
  'wrap to 200': (text) => wrap(text, 200),
  'truncate to its length': (text) => truncate(text, text.length * 2),
  jsonText: (text) => [jsonText({ [text]: text }, 2), jsonText(text)],
  xmlText,
  card: (text) => card.result(spoiled(text), null),
  grid: (text) => grid.result(spoiled(text), null),
  tsv: (text) => tsv.result(spoiled(text), null),
  csv: (text) => createCsvRenderer({ ...pipe, ci: true }).result(spoiled(text), null),
  markdown: (text) => {
    const renderer = createMarkdownRenderer();
    return renderer.result(spoiled(text), null) + renderer.end(ending);
  },
  annotations: (text) => {
    const renderer = createAnnotationRenderer();
    return renderer.result(spoiled(text), null) + renderer.end(ending);
  },
};

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch {
    return null;
  }
}

/** What a text is made of; the end makes what came before fail to match. */
const units = [
  ...[
    'a',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '1',
    '1 ',
    '+1',
    '1-',
    '.',
    '/',
    '\\',
    '%',
    '%4',
    '&',
    '&#',
    '&a',
    '"',
    "'",
    '`',
    '*',
    '_',
    ':',
    '::',
    '|',
    '#',
  ],
  ...[
    '@',
    'a@',
    'a.',
    '@a.',
    'a@b.c ',
    '"a" ',
    '<!-- -->',
    '<!--',
    '<?',
    '<',
    '[',
    '{',
    '{"a":',
    '##',
    '##a',
    ':a',
    ': ',
    'www.',
    'http://',
  ],
  ...[
    'é',
    '漢',
    '😀',
    '👨‍👩‍👧',
    '\ud83d',
    '\u0301',
    '\u200d',
    'ภำ',
    '\u202e',
    '\u001b[',
    '\u0000',
    '\u2028',
    '٣',
    '１',
    '\u3000',
    '\ufeff',
  ],
  ...['\\u', '\\u00', '\\\\', 'sk_live_', 'aaaaaaaaaaaaaaaaaaaaaaab', '2026-03-11T19:54:10Z', '0'],
];

const small = 4000;
/** Each character takes these long enough for a square to show sooner. */
const slow: ReadonlySet<string> = new Set([
  'card',
  'grid',
  'wrap to 20',
  'wrap to 200',
  'width',
  'truncate to its length',
]);
/** Milliseconds; below it nothing can be told, and nobody minds. */
const quick = 60;
/** On a busy machine few tries are undisturbed; the first that is linear ends them. */
const mostTries = 60;

function msOf(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/** The least of several times counts: a busy machine, and a compiler at work, are no fault of the code. */
function isLinear(work: (size: number) => unknown, size: number): boolean {
  let [parts, whole] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let tries = 0; tries < mostTries; tries += 1) {
    whole = Math.min(
      whole,
      msOf(() => work(4 * size)),
    );
    if (whole < quick) return true;
    parts = Math.min(
      parts,
      msOf(() => {
        for (let i = 0; i < 4; i += 1) work(size);
      }),
    );
    if (whole / parts < 2.5) return true;
  }
  return false;
}

describe.each(Object.entries(functions))('%s', (name, work) => {
  test('of long texts of every kind', () => {
    work('warm up');
    const length = slow.has(name) ? small / 4 : small;
    const textOf = (unit: string, most: number) => `${unit.repeat(Math.ceil(most / unit.length))}!`;
    expect(units.filter((unit) => !isLinear((size) => work(textOf(unit, size)), length))).toEqual([]);
  });
});

function expectLinear(work: (size: number) => unknown, size: number): void {
  work(Math.ceil(size / 10));
  expect(isLinear(work, size)).toBe(true);
}

test('20,000 participants are masked', () => {
  expectLinear((count) => {
    const participants = Array.from({ length: count }, (_, place) => `+1415${String(place).padStart(7, '0')}`);
    const details = { participants, said: participants.join(', '), others: participants.map((each) => `by ${each}`) };
    return maskRecord(record({ details }), { values: ['participants'], sentences: [] }, token);
  }, 20_000);
});

test('values of many lengths that begin alike are masked', () => {
  expectLinear((count) => {
    const values = Array.from({ length: count / 100 }, (_, place) => 'x'.repeat(place + 5));
    return maskRecord(
      record({ details: { values, text: 'xxxxxxy'.repeat(count) } }),
      { values: ['values'], sentences: [] },
      token,
    );
  }, 10_000);
});

test('one long word on a card', () => {
  for (const character of ['x', '漢', 'é', '👍🏽']) {
    expectLinear((length) => card.result(record({ id: character.repeat(length) }), null), 5000);
  }
});

test('an open bracket and four million blank lines go through a heap that could not hold them', async () => {
  const argv = ['--max-old-space-size=64', builtBin(), 'decode', 'sendblue', '-o', 'ndjson', '--fields', 'id'];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  function* input() {
    yield '{\n';
    for (let i = 0; i < 400; i += 1) yield '\n'.repeat(10_000);
  }
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  await pipeline(Readable.from(input()), child.stdin);
  expect([await closed, stdout]).toEqual([[2, null], '{"id":"line-1"}\n']);
}, 120_000);

async function decodeAll(pieces: Iterable<string>): Promise<number> {
  let count = 0;
  async function* stream() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  for await (const _ of eventsIn(stream())) count += 1;
  return count;
}

const times = (piece: string, count: number) => Array.from({ length: count }, () => piece);

test.each<[string, (count: number) => Iterable<string>]>([
  ['an open bracket and blank lines', (count) => ['{\n', ...times('\n'.repeat(1000), count)]],
  ['63 open lines, then pairs', (count) => ['[\n'.repeat(63), ...times('{\n}\n'.repeat(100), count)]],
  ['nothing but open lines', (count) => times('[\n'.repeat(100), count)],
  ['open objects', (count) => times('{"a":\n'.repeat(100), count)],
  [
    'lists with a fault at their end',
    (count) => ['[\n'.repeat(63), ...times('{},\n'.repeat(100), count), 'x\n', ']\n'.repeat(63)],
  ],
  ['backslashes', (count) => ['["', ...times('\\'.repeat(1000), count), '"]\n']],
  ['quotes', (count) => times('"\\"'.repeat(1000), count)],
])('decode reads %s in linear time', async (_, make) => {
  await decodeAll(make(20));
  await expectLinearly((count) => decodeAll(make(count)), 100);
});

test('doctor looks at many profiles in linear time', async () => {
  const { home, write } = tempHome();
  await expectLinearly(async (count) => {
    const profiles = Object.fromEntries(times('', count).map((_, i) => [`p${i}`, { sent: { apiKey: `key-${i}` } }]));
    write('.sbstatusrc', { profiles });
    const { code, stdout } = await run(['doctor', '--json'], { home });
    expect([code, stdout.split('complete; try them').length]).toEqual([0, count + 1]);
  }, 1500);
}, 300_000);

async function expectLinearly(work: (size: number) => Promise<unknown>, size: number): Promise<void> {
  const msFor = async (count: number) => {
    const began = performance.now();
    await work(count);
    return performance.now() - began;
  };
  let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let tries = 0; tries < mostTries && long >= quick && !(long / short < 10); tries += 1) {
    long = Math.min(long, await msFor(4 * size));
    short = Math.min(short, await msFor(size));
  }
  expect(long < quick || long / short < 10).toBe(true);
}
