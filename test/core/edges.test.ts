import { describe, expect, test } from 'vitest';
import { faultOfReply } from '../../src/core/error-response.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Reply } from '../../src/core/http.ts';
import { isWebPage, parseJson } from '../../src/core/json.ts';
import { maskRecord, maskText } from '../../src/core/mask.ts';
import type { ErrorResponse, ListedMessage, Page } from '../../src/core/provider.ts';
import { Settings } from '../../src/core/settings.ts';
import { finalSent, type State, type Status, statuses } from '../../src/core/state.ts';
import { nearest } from '../../src/core/text.ts';
import { durationMs, formatDuration, perSecondOf, retryAfterSeconds, utc } from '../../src/core/time.ts';
import { idProblem, urlOf } from '../../src/core/url.ts';
import { judgeGates, verdictOfStatus } from '../../src/core/verdict.ts';
import { paginate } from '../../src/engine/paginate.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { record } from '../render/sample.ts';

const providers = await loadProviders();

/** The last character, the first value beyond: where an off-by-one would live. */

describe('nesting', () => {
  const deep = (levels: number, inner = '') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;

  test.each([
    ['after a text', `["a", ${deep(64)}]`],
    ['after a text with a quote in it', `["\\"", ${deep(64)}]`],
    ['after a text that ends with a backslash', `["\\\\", ${deep(64)}]`],
    ['in objects', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
  ])('beyond 64 levels is refused %s', (_, text) => {
    expect(() => parseJson(text)).toThrow('the answer is nested deeper than 64 levels');
  });

  test('of 64 levels is read, and what is closed no longer counts', () => {
    expect(parseJson(deep(64))).toBeInstanceOf(Array);
    expect(parseJson(`[${`${deep(40)},`.repeat(3)}${deep(63)}]`)).toHaveLength(4);
    const side = `{"a":${'{"b":'.repeat(30)}1${'}'.repeat(30)}}`;
    expect(parseJson(`[${side},${side},${side}]`)).toHaveLength(3);
  });

  test('is not looked for in a text, whatever quotes and backslashes it holds', () => {
    for (const text of ['"'.repeat(9), '\\'.repeat(9), `\\"${'['.repeat(99)}`, `${'['.repeat(99)}\\`]) {
      expect(parseJson(JSON.stringify([text, text]))).toEqual([text, text]);
    }
  });

  test('in a text that is cut off is no nesting', () => {
    expect(() => parseJson(`["${'['.repeat(99)}`)).toThrow('broken or cut-off');
  });
});

test.each([
  ['say {"a":1}', 'the answer is not JSON'],
  [' \n{"a":', 'the answer is broken or cut-off JSON'],
  ['x[', 'the answer is not JSON'],
])('%j: %s', (text, message) => {
  expect(() => parseJson(text)).toThrow(new Fault('not-json', { message }));
});

test.each([
  ['<!-- a -->\n <!-- b --> <html>', true],
  ['<!-- a --> text <html>', false],
  [`${' '.repeat(2001)}<html>`, true],
  ['x<html>', false],
])('is %j a web page? %s', (text, page) => {
  expect(isWebPage(text)).toBe(page);
});

test.each([
  ['.', 'the id is a path segment that leads to another address'],
  ['..', 'the id is a path segment that leads to another address'],
  ['\ud800', 'the id holds half a surrogate pair, which no URL can carry'],
  ['x'.repeat(257), 'the id is longer than 256 characters'],
])('%j is refused with its reason', (id, problem) => {
  expect(idProblem(id, true)).toBe(problem);
});

describe('a timestamp', () => {
  test.each([
    [' 2026-03-11T19:50:50Z\n', '2026-03-11T19:50:50.000Z'],
    ['2026-03-11t19:50:50z', '2026-03-11T19:50:50.000Z'],
    ['2026-03-11T19:50:50', '2026-03-11T19:50:50.000Z'],
    ['2026-03-11T19:50:50.1Z', '2026-03-11T19:50:50.100Z'],
    ['2026-03-11T19:50:50+0530', '2026-03-11T14:20:50.000Z'],
    ['2026-03-11T19:50:50.123456789Z', '2026-03-11T19:50:50.123Z'],
  ])('%j is %s', (text, expected) => {
    expect(utc(text)).toBe(expected);
  });

  test.each(['2026-03-11T19:50:50Z and more', '2026-03-11T19:50:50.1234567890Z', '2026-03-11T19:50:50Zulu'])(
    '%j is none',
    (text) => {
      expect(utc(text)).toBeNull();
    },
  );
});

test.each([
  ['about Sat, 21 Nov 2026 12:01:00 GMT', null],
  ['Sat, 21 Nov 2026 12:01:00 GMT or so', null],
  ['Saturday, 21-Nov-26 12:01:00 GMT', 60],
  ['1000000000', 1_000_000_000],
  ['Sat, 21 Nov 2026 12:01:00 GMT (at last)', null],
  ['Sat, 32 Nov 2026 12:01:00 GMT', null],
])('Retry-After %j is %j', (header, seconds) => {
  expect(retryAfterSeconds(header, Date.parse('2026-11-21T12:00:00Z'))).toBe(seconds);
});

describe('an address', () => {
  test('has its parameters apart, and slashes at the base’s end count once', () => {
    const url = urlOf(new URL('https://api.example/v9//'), { path: ['a'], query: { b: '1', c: '2' } });
    expect(url.href).toBe('https://api.example/v9/a?b=1&c=2');
  });

  test.each([
    [['', 'evil.example'], '//evil.example'],
    [['', '', 'evil.example'], '///evil.example'],
    [['a', 'https://evil.example'], '/a/https%3A%2F%2Fevil.example'],
  ])('of %j stays at its host', (path, found) => {
    expect(urlOf(new URL('https://api.example'), { path }).href).toBe(`https://api.example${found}`);
  });

  test.each([[['..', 'a']], [['a', '.']], [['a', '..']]])('of %j is refused', (path) => {
    const refused = expect.objectContaining({ code: 'bad-id', message: 'this id would lead to another address' });
    expect(() => urlOf(new URL('https://api.example'), { path })).toThrow(refused);
  });
});

describe('the nearest word', () => {
  test('to a long one is found, and beyond 64 characters nothing is looked for', () => {
    const long = 'a'.repeat(64);
    expect(nearest(`${long.slice(1)}b`, [long])).toBe(long);
    expect(nearest(`${long}b`, [`${long}a`])).toBeNull();
    expect(nearest('state', ['a'.repeat(65)])).toBeNull();
  });
});

describe('a refusal', () => {
  const none = new Settings(new Map());
  const reply = (status: number, body = '', headers: Record<string, string> = {}): Reply => ({
    status,
    headers,
    bytes: new TextEncoder().encode(body),
  });
  const fault = (given: Reply) => faultOfReply({ title: 'Acme' }, none, given, 0);

  test.each(['<!doctype html><title>x</title>', '<h1>x</h1>', '<?xml version="1.0"?><Error/>'])(
    'that is a page is nobody’s word on credentials or message: %s',
    (page) => {
      const exceptions: Readonly<Record<number, string>> = {
        407: 'proxy-auth',
        408: 'timeout',
        429: 'rate-limited',
        511: 'unexpected-status',
        596: 'unexpected-status',
      };
      for (let status = 400; status < 600; status += 1) {
        const { code, message, hint } = fault(reply(status, page));
        const usual = status < 500 ? 'unexpected-status' : 'provider-error';
        expect([status, code]).toEqual([status, exceptions[status] ?? usual]);
        if (status < 500 && code === usual) expect(hint).toContain('check the base URL and any proxy');
        expect(message).not.toContain('<');
      }
    },
  );

  test('of 511 is a network that wants a login, also where the provider has a hint', () => {
    const mapError = () => ({ code: 'provider-error' as const, says: 'x' });
    const { exit, message, hint } = faultOfReply({ title: 'Acme', mapError }, none, reply(511, '{}'), 0);
    expect([exit, message]).toEqual([
      'unexpected-response',
      'Acme answered HTTP 511: from the network, not the API’s answer',
    ]);
    expect(hint).toContain('any proxy');
  });

  test('of 300 to 399 is a redirect, and no other is, whatever location it names', () => {
    const location = 'https://elsewhere.example/x';
    const message = (status: number) => fault(reply(status, '{"message":"no"}', { location })).message;
    expect([300, 399].map((status) => message(status).includes('a redirect to https://elsewhere.example'))).toEqual([
      true,
      true,
    ]);
    expect(message(400)).toBe('Acme answered HTTP 400: no');
    expect(message(299)).toBe('Acme answered HTTP 299: no');
    expect([fault(reply(400)).code, fault(reply(299)).code]).toEqual(['rejected', 'unexpected-status']);
  });

  test('quotes 200 characters whole', () => {
    const says = 'x'.repeat(200);
    expect(fault(reply(400, JSON.stringify(says))).message).toBe(`Acme answered HTTP 400: ${says}`);
  });

  test('passes over words that are empty', () => {
    expect(fault(reply(400, '{"message":"","error_detail":"d"}')).message).toBe('Acme answered HTTP 400: d');
  });

  test('is refined by all that is known of it', () => {
    let known: ErrorResponse | undefined;
    const refine = (refusal: ErrorResponse) => {
      known = refusal;
      return {};
    };
    const given = reply(400, '{"a":1}');
    faultOfReply({ title: 'Acme', mapError: refine }, none, given, 0);
    expect(known).toEqual({ reply: given, body: { a: 1 }, fromElsewhere: false, settings: none });
  });
});

describe('a list', () => {
  const row = (id: string | null, body: unknown = id): ListedMessage => ({
    id,
    result: new Fault('empty', { message: 'x' }),
    body,
  });
  const pages = (all: readonly ListedMessage[], more: (offset: number) => boolean | null = () => null) => {
    const asked: number[] = [];
    const fetch = async ({ offset, limit }: { offset: number; limit: number }) => {
      asked.push(offset);
      const value: Page = { rows: all.slice(offset, offset + limit), more: more(offset) };
      return { kind: 'answer' as const, value, request: null, mock: false };
    };
    return { asked, fetch };
  };
  const namesOf = async (fetch: ReturnType<typeof pages>['fetch'], limit = Number.POSITIVE_INFINITY, pageSize = 3) => {
    const names: unknown[] = [];
    for await (const { row: each } of paginate({ limit, pageSize, fetch })) {
      names.push(each instanceof Fault ? each.message : (each.id ?? each.body));
      if (names.length > 50) throw new Error('the list does not end');
    }
    return names;
  };

  test('without ids is told apart by content', async () => {
    const rows = [row(null, { n: 1 }), row(null, { n: 2 }), row(null, { n: 1 })];
    expect(await namesOf(pages(rows).fetch)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('that says that it goes on no further is asked no further', async () => {
    const { asked, fetch } = pages(
      ['a', 'b', 'c', 'd'].map((id) => row(id)),
      () => false,
    );
    expect(await namesOf(fetch)).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual([0]);
  });

  test('that turns in a circle ends with a fault that says so', async () => {
    const value = { rows: [row('a'), row('b')], more: true };
    const fetch = async () => ({ kind: 'answer' as const, value, request: null, mock: false });
    const [, , last] = await namesOf(fetch);
    expect(last).toBe('the list does not go on: page after page holds the same messages');
    for await (const { row: each, mock } of paginate({ limit: 9, pageSize: 2, fetch })) {
      if (!(each instanceof Fault)) continue;
      expect(each).toMatchObject({ code: 'wrong-shape', hint: expect.stringContaining('--since') });
      expect(mock).toBe(false);
    }
  });
});

describe('masking', () => {
  const token = () => '<x>';
  const none = { values: [], sentences: [] };

  test('a text of plain http loses the people in its query too', () => {
    expect(maskText('see http://a.example/?to=%2B14155550101 now', token)).not.toContain('4155550101');
  });

  test('blanks are nobody’s', () => {
    expect(maskRecord(record({ to: ' ' }), none, token).to).toBe(' ');
  });

  test('a value of five characters is struck from sentences, and one of four is not', () => {
    const sentence = (to: string) => maskRecord(record({ to, warnings: [`result ${to}`] }), none, token).warnings[0];
    expect([sentence('abcde'), sentence('abcd')]).toEqual(['result <x>', 'result abcd']);
  });

  test('of two values the longer is struck first', () => {
    const all = { values: ['a', 'b'], sentences: [] };
    const details = { a: 'Hello', b: 'Hello World' };
    const named = (text: string) => `<${text.length}>`;
    expect(maskRecord(record({ details, warnings: ['Hello World'] }), all, named).warnings).toEqual(['<11>']);
    const turned = { a: 'Hello World', b: 'Hello' };
    expect(maskRecord(record({ details: turned, warnings: ['Hello World'] }), all, named).warnings).toEqual(['<11>']);
  });

  test('an error’s own words are swept, and the rest of it stays', () => {
    const error = {
      code: 'not-found' as const,
      message: 'no message to +14155550101',
      hint: 'h',
      retryable: false,
      retryAfterSeconds: null,
      httpStatus: 404,
      requestId: null,
    };
    expect(maskRecord(record({ error }), none, token).error).toEqual({ ...error, message: 'no message to <x>' });
  });

  test('what is no URL is swept as a sentence', () => {
    const request = {
      url: 'not a url, ann@example.com',
      httpStatus: null,
      requestId: null,
      attempts: 0,
      durationMs: 0,
    };
    expect(maskRecord(record({ request }), none, token).request?.url).toBe('not a url, <x>');
  });

  test('a record without a raw body gets none', () => {
    expect(maskRecord(record(), none, token)).not.toHaveProperty('raw');
  });

  test('numbers and addresses in the middle of other words are no numbers', () => {
    const seen: string[] = [];
    const spy = (text: string) => {
      seen.push(text);
      return '<x>';
    };
    for (const to of ['+1 415 555 0101 ext', 'x +1 415 555 0101', 'Ann A@B', 'A@B c'])
      maskRecord(record({ to }), none, spy);
    expect(seen).toEqual(['+1 415 555 0101 ext', 'x +1 415 555 0101', 'Ann A@B', 'A@B c']);
  });
});

describe('masking of details', () => {
  const all = { values: ['a.b', 'list.b'], sentences: [] };
  const details = (value: Record<string, unknown>) => maskRecord(record({ details: value }), all, () => '<x>').details;

  test('leaves numbers alone that are nobody’s', () => {
    expect(details({ price: 1.5, inner: { parts: 2 } })).toEqual({ price: 1.5, inner: { parts: 2 } });
  });

  test('goes no further where a path ends early', () => {
    expect(details({ a: null, list: [null, 'text', 7, { b: 'secret' }] })).toEqual({
      a: null,
      list: [null, 'text', 7, { b: '<x>' }],
    });
    expect(details({ a: { c: 'd' } })).toEqual({ a: { c: 'd' } });
  });
});

describe('lengths of time', () => {
  test.each([
    ['1.25s', 1250],
    ['1.125s', 1125],
    ['1.1255s', null],
    ['0.5ms', 1],
  ])('%s is %j ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each([
    [999, '999 ms'],
    [1000, '1 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [3_599_000, '59 min 59 s'],
    [3_600_000, '1 h'],
    [86_400_000, '1 d'],
  ])('%i ms are %s', (ms, result) => {
    expect(formatDuration(ms)).toBe(result);
  });

  test.each([
    ['1.25/s', 1.25],
    ['1.125/s', 1.125],
    ['5/second', undefined],
    ['0/s', undefined],
  ])('the rate %s is %j', (text, perSecond) => {
    expect(perSecondOf(text)).toBe(perSecond);
  });
});

describe('gates', () => {
  const summary = (ok: number, failed: number) => ({ total: ok + failed, byState: {}, byExit: { ok, failed } });

  test('that nobody asked for say nothing', () => {
    expect(judgeGates({ minSuccess: null, maxFailed: null }, summary(1, 1), 'failed', 'ok')).toEqual({
      exit: 'failed',
      phrases: [],
    });
  });

  test('are met by exactly as many as they ask for', () => {
    const exitOf = (minSuccess: number, ok: number, failed: number) =>
      judgeGates({ minSuccess, maxFailed: null }, summary(ok, failed), 'failed', 'ok').exit;
    expect([exitOf(0.95, 19, 1), exitOf(0.95, 18, 2), exitOf(1, 20, 0), exitOf(0, 0, 20)]).toEqual([
      'ok',
      'failed',
      'ok',
      'ok',
    ]);
  });
});

test('a mismatch has a hint only where there is one', () => {
  const verdict = (status: Status, state: State) =>
    verdictOfStatus({ status, channel: 'sms' }, { states: [state], channel: null });
  expect(verdict(statuses.delivered, 'failed')).toStrictEqual({ exit: 'expect-mismatch', final: true });
  expect(verdict(statuses.received, 'sent')).toStrictEqual({ exit: 'expect-mismatch', final: true });
  expect(verdict(finalSent, 'delivered').hint).toMatch(/--expect sent$/);
});

test('blanks around a provider’s word are no part of it', () => {
  const settings = new Settings(new Map());
  const stateOf = (provider: string, operation: string, body: unknown) =>
    providers[provider]!.operations[operation]!.read(body, { id: 'x', settings }).status.state;
  expect(stateOf('sendblue', 'status', { status: ' Delivered\n', message_handle: 'x' })).toBe('delivered');
  expect(
    stateOf('sfmc', 'get', {
      eventCategoryType: 'TransactionalSendEvents. SMSSent ',
      info: { messageKey: 'x' },
    }),
  ).toBe('sent');
  expect(() => stateOf('sendblue', 'status', { status: ' OK ' })).toThrow('the answer is about the request');
});
