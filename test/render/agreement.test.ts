import { describe, expect, test } from 'vitest';
import { type ExitName, exitOf, exits } from '../../src/core/exit.ts';
import { type FaultCode, faults } from '../../src/core/fault.ts';
import { type Reason, type Result, reasonClasses } from '../../src/core/record.ts';
import { Tally } from '../../src/core/result.ts';
import { createAnnotationRenderer } from '../../src/render/github.ts';
import { formats } from '../../src/render/index.ts';
import { createJunitRenderer } from '../../src/render/junit.ts';
import { createMarkdownRenderer } from '../../src/render/markdown.ts';
import type { Renderer } from '../../src/render/renderer.ts';
import { openMessages } from '../../src/terminal/messages.ts';
import { printSummary } from '../../src/terminal/summary.ts';
import { ending, lost, pipe, record, type terminal } from './sample.ts';

/** Everything that tells of a record tells the same: no fault, code or word is told as another one. */

const says = 'THE CARRIER IS SILENT';
const advice = 'ASK THE CARRIER';
const faultSays = 'THE LINE IS CUT';
const faultAdvice = 'MEND THE LINE';
const unknownWord = 'a word that sbstatus does not know';
const verdictHint = 'THE VERDICT ADDS THIS';

const reasons: readonly (Reason | null)[] = [
  null,
  ...reasonClasses.flatMap((kind) =>
    [null, '10002'].map((code) => ({ code, name: null, message: says, class: kind, resendable: null, hint: advice })),
  ),
];

/** A record that ended this way, as the verdicts make them. */
function answered(exit: ExitName, reason: Reason | null): Result {
  const facts: Partial<Record<ExitName, Partial<Result>>> = {
    ok: {},
    failed: { state: 'failed', outcome: 'failure', providerState: 'ERROR' },
    pending: { state: 'queued', outcome: 'pending', terminal: false, providerState: 'PENDING' },
    'wait-timeout': { state: 'queued', outcome: 'pending', terminal: false, providerState: 'PENDING' },
    'expect-mismatch': { state: 'sent', providerState: 'SENT' },
    'unknown-status': { state: 'unknown', outcome: 'unknown', terminal: false, providerState: 'WORD' },
    interrupted: { state: 'queued', outcome: 'pending', terminal: false, providerState: 'PENDING' },
    terminated: { state: 'queued', outcome: 'pending', terminal: false, providerState: 'PENDING' },
  };
  return record({ ...facts[exit], reason, exit: exitOf(exit) });
}

function faulty(code: FaultCode): Result {
  const { exit } = faults[code];
  const { retryable } = exits[exit];
  const error = { code, message: faultSays, hint: faultAdvice, retryable, retryAfterSeconds: null };
  return { ...lost, error: { ...error, httpStatus: null, requestId: null }, exit: exitOf(exit) };
}

interface Told {
  /** What explains the exit: one or more lines for people. */
  readonly explained: Readonly<Record<string, string>>;
  /** What lists the record among others. */
  readonly listed: Readonly<Record<string, string>>;
  readonly data: readonly unknown[];
}

async function tell(result: Result, hint: string | null): Promise<Told> {
  const text = (renderer: Renderer) => renderer.result(result, hint) + renderer.end({ ...ending, exit: result.exit });
  const format = async (name: string, view: Parameters<typeof terminal>[1] & { columns?: number | null } = {}) => {
    const create = await formats[name]?.load();
    if (create === undefined) throw new Error(`no format ${name}`);
    return text(await create({ ...pipe, utc: true, ...view }));
  };
  let stderr = '';
  const write = async (line: string) => {
    stderr += line;
  };
  const world = { stderr: { terminal: false, write, gone: new AbortController().signal }, env: {} };
  const tally = new Tally();
  tally.add(result, hint);
  await printSummary(
    {
      tally,
      glance: null,
      exit: result.exit.name,
      single: true,
      findView: () => ({ hasCard: false, isMasked: false }),
      isPlain: true,
      gates: [],
      nothing: '',
      remarks: [],
      file: null,
    },
    { quiet: false, verbose: false, color: false },
    world as never,
    await openMessages(world as never, false),
  );
  const junit = createJunitRenderer({ pendingAs: 'failure', startedAt: 0 });
  return {
    explained: {
      stderr,
      junit: text(junit),
      markdown: text(createMarkdownRenderer()),
      annotation: text(createAnnotationRenderer()),
    },
    listed: {
      card: await format('table', { columns: 2000, single: true }),
      row: await format('table', { columns: 2000 }),
      tsv: await format('table'),
      csv: await format('csv', { fields: ['reason', 'error', 'exit'] }),
    },
    data: [
      JSON.parse(await format('json', { single: true })),
      JSON.parse(await format('ndjson')),
      JSON.parse(await format('json')).results[0],
    ],
  };
}

const answers = [
  'failed',
  'pending',
  'wait-timeout',
  'expect-mismatch',
  'unknown-status',
  'interrupted',
  'terminated',
] as const;

/** Whether the provider knows the word, and does not know what became of the message. */
function isLostTrack(exit: ExitName, reason: Reason | null): boolean {
  return exit === 'unknown-status' && reason !== null && reason.class !== 'unknown';
}

/** Each text by where it stands: `expected` for all of them. */
function expectEach(texts: Readonly<Record<string, string>>, has: (text: string) => boolean, expected: boolean): void {
  const found = Object.entries(texts).map(([where, text]) => [where, has(text)]);
  expect(found).toEqual(Object.keys(texts).map((where) => [where, expected]));
}

const cases = reasons.map((reason) => [reason?.class ?? 'no reason', reason?.code ?? null, reason] as const);

describe.each([...answers, 'ok'] as const)('an answer that ends with %s', (exit) => {
  test.each(cases)('for %s, code %s, is told as nothing else', async (_class, _code, reason) => {
    const result = answered(exit, reason);
    const { explained, listed, data } = await tell(result, null);
    const all = { ...explained, ...listed };
    expectEach(all, (text) => text.includes('look-up failed'), false);
    if (exit !== 'unknown-status' || isLostTrack(exit, reason)) {
      expectEach(all, (text) => text.includes(unknownWord), false);
    }
    if (exit !== 'failed') expectEach(all, (text) => text.includes('the message failed'), false);
    for (const each of data) expect(each).toEqual(JSON.parse(JSON.stringify(result)));
  });

  test.each(cases)('for %s, code %s, names the reason wherever the record is listed', async (_class, _code, reason) => {
    const result = answered(exit, reason);
    const { explained, listed } = await tell(result, null);
    expectEach(listed, (text) => text.includes(says), reason !== null);
    expect(listed['card']).toMatch(new RegExp(`exit +${result.exit.code} ${exit}`));
    if (exit !== 'ok') expect(explained['junit']).toContain(`exit: ${result.exit.code} ${exit}`);
  });
});

describe.each(['failed', 'unknown-status'] as const)('%s is explained', (exit) => {
  test.each(cases)('for %s, code %s, with reason, code and word', async (_class, _code, reason) => {
    const { explained } = await tell(answered(exit, reason), null);
    expectEach(explained, (text) => text.includes(says), reason !== null);
    expectEach(explained, (text) => text.includes('code 10002'), reason?.code === '10002');
    expectEach(
      explained,
      (text) => text.includes(unknownWord),
      exit === 'unknown-status' && !isLostTrack(exit, reason),
    );
  });
});

describe.each(['failed', 'pending', 'unknown-status'] as const)('the advice about %s', (exit) => {
  // The warning not to send twice is one.
  test.each(cases)('for %s, code %s, stands everywhere', async (_class, _code, reason) => {
    const { explained: texts, listed } = await tell(answered(exit, reason), null);
    const explained = { ...texts, card: listed['card'] ?? '' };
    if (exit === 'unknown-status' && !isLostTrack(exit, reason)) {
      return expectEach(explained, (text) => text.includes('documentation, and report it'), true);
    }
    expectEach(explained, (text) => text.includes(advice), reason !== null);
  });
});

describe.each(Object.keys(faults) as FaultCode[])('a look-up that failed with %s', (code) => {
  test('is told as that everywhere, and as nothing else', async () => {
    const result = faulty(code);
    const { explained, listed, data } = await tell(result, null);
    expectEach({ ...explained, ...listed }, (text) => text.includes(faultSays), true);
    const another = /the message (failed|was canceled)|still pending|does not know|final, but not/;
    expectEach({ ...explained, ...listed }, (text) => another.test(text), false);
    expectEach({ ...explained, card: listed['card'] ?? '' }, (text) => text.includes(faultAdvice), true);
    for (const each of data) expect(each).toEqual(JSON.parse(JSON.stringify(result)));
    expect(explained['junit']).toContain(`type="${code}"`);
    expect(explained['junit']).toContain(`exit: ${result.exit.code} ${result.exit.name}`);
  });
});

test('what the verdict adds is told by all who explain', async () => {
  const { explained } = await tell(answered('expect-mismatch', null), verdictHint);
  expectEach(explained, (text) => text.includes(verdictHint), true);
});

test('every exit is told in one of these ways', () => {
  const ofFaults = Object.values(faults).map(({ exit }) => exit);
  expect(new Set<ExitName>([...answers, 'ok', ...ofFaults])).toEqual(new Set(Object.keys(exits)));
});
