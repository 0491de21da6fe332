import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { decodeText, isWebPage, parseJson } from '../../src/core/json.ts';
import { Secret } from '../../src/core/secret.ts';
import { nearest } from '../../src/core/text.ts';
import { retryAfterSeconds, utc } from '../../src/core/time.ts';
import { idProblem, urlOf } from '../../src/core/url.ts';

const base = new URL('https://api.example/v9/');

describe('urlOf', () => {
  test('keeps the base’s path and encodes each segment once', () => {
    expect(urlOf(base, { path: ['messages', 'a/b?c#d%41 é'] }).href).toBe(
      'https://api.example/v9/messages/a%2Fb%3Fc%23d%2541%20%C3%A9',
    );
    expect(urlOf(new URL('https://api.example'), { path: ['x'], query: { handle: '+1 & 2' } }).href).toBe(
      'https://api.example/x?handle=%2B1%20%26%202',
    );
  });

  test.each(['.', '..'])('refuses the segment %j, which would climb', (segment) => {
    expect(() => urlOf(base, { path: ['messages', segment] })).toThrow(Fault);
  });

  test('never leaves the base, and always comes back unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (id) => {
        fc.pre(id.isWellFormed() && id !== '.' && id !== '..');
        const url = urlOf(base, { path: ['messages', id] });
        expect(url.origin).toBe(base.origin);
        expect(decodeURIComponent(url.pathname.slice('/v9/messages/'.length))).toBe(id);
      }),
    );
  });
});

describe('idProblem', () => {
  test.each(['', '.', '..', '\ud800', 'a\udfff', 'x'.repeat(257)])('refuses %j everywhere', (id) => {
    expect(idProblem(id, true)).not.toBeNull();
    expect(idProblem(id, false)).not.toBeNull();
  });

  test.each([' a', 'a ', 'a\nb', '\u0000', 'a\u0085', '\u007f'])('takes %j only where any character goes', (id) => {
    expect(idProblem(id, true)).toBeNull();
    expect(idProblem(id, false)).not.toBeNull();
  });

  test.each(['a', '...', 'a b', '-x', '%2e%2e', 'x'.repeat(256), '😀'])('takes %j', (id) => {
    expect(idProblem(id, false)).toBeNull();
  });
});

describe('utc', () => {
  test.each([
    ['2018-08-03T13:41:18.55', '-06:00', '2018-08-03T19:41:18.550Z'],
    ['2018-08-16T10:44:41.2196', '-06:00', '2018-08-16T16:44:41.219Z'],
    ['2026-03-11T19:50:50.1755079+00:00', 'Z', '2026-03-11T19:50:50.175Z'],
    ['2026-03-11T19:50:50Z', '-06:00', '2026-03-11T19:50:50.000Z'],
    ['2026-03-11 19:50:50', 'Z', '2026-03-11T19:50:50.000Z'],
    ['2026-03-11T19:50:50-0700', 'Z', '2026-03-12T02:50:50.000Z'],
    ['2026-07-01T12:00:00', '-06:00', '2026-07-01T18:00:00.000Z'],
  ])('reads %j in zone %s', (text, zone, expected) => {
    expect(utc(text, zone)).toBe(expected);
  });

  test.each([
    '',
    'soon',
    '2026-13-01T00:00:00Z',
    '2026-03-11',
    1_700_000_000,
    null,
    {},
    '2026-03-11T25:00:00Z',
    'x2026-03-11T19:50:50Z',
  ])('knows that %j is no timestamp', (value) => {
    expect(utc(value)).toBeNull();
  });
});

describe('retryAfterSeconds', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  test.each([
    ['0', 0],
    ['5', 5],
    [' 3600 ', 3600],
    ['1000000000000', 1_000_000_000],
    ['9'.repeat(400), 1_000_000_000],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['-5', null],
    ['1.5', null],
    ['0x1', null],
    ['Infinity', null],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('%j is %j', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});

describe('JSON bodies', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const codeOf = (read: () => unknown): string => {
    try {
      read();
    } catch (error) {
      return error instanceof Fault ? `${error.code}: ${error.message}` : 'a bug';
    }
    return 'no fault';
  };

  test('a byte order mark is no part of the text', () => {
    expect(parseJson(decodeText(Uint8Array.from([0xef, 0xbb, 0xbf, 0x31])))).toBe(1);
  });

  test('bytes that are not UTF-8 are a fault, not a guess', () => {
    expect(codeOf(() => decodeText(Uint8Array.from([0x22, 0xe9, 0x22])))).toBe(
      'not-json: the answer is not UTF-8 text',
    );
  });

  test.each([
    ['', 'empty: the answer has no body'],
    [' \n', 'empty: the answer has no body'],
    ['<!doctype html><p>secret', 'not-json: the answer is a web page, not JSON'],
    ['{"a":', 'not-json: the answer is broken or cut-off JSON'],
    ['hello secret', 'not-json: the answer is not JSON'],
    ['['.repeat(65), 'not-json: the answer is nested deeper than 64 levels'],
  ])('%j is %s', (text, fault) => {
    expect(codeOf(() => parseJson(text))).toBe(fault);
  });

  test('brackets in strings do not count as nesting', () => {
    expect(parseJson(JSON.stringify('['.repeat(100)))).toBe('['.repeat(100));
    expect(parseJson(JSON.stringify(['\\"', '['.repeat(100)]))).toEqual(['\\"', '['.repeat(100)]);
    expect(parseJson(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeInstanceOf(Array);
    expect(parseJson(JSON.stringify(Array.from({ length: 100 }, () => [[]])))).toHaveLength(100);
  });

  test('deep nesting is refused before it can overflow the stack', () => {
    expect(codeOf(() => parseJson('['.repeat(1_000_000)))).toContain('nested');
    expect(bytes('é')).toHaveLength(2);
  });

  test.each([
    ['<!DOCTYPE html>', true],
    ['  <html lang="en">', true],
    ['<!-- x --><!doctype html>', true],
    ['<title>404</title>', true],
    ['Message not found', false],
    ['{"html":"<html>"}', false],
    ['<h1>Access denied</h1>', true],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', true],
    ['<script>location="/login"</script>', true],
    ['< 5 characters', false],
    ['<5', false],
    ['', false],
  ])('is %j a web page? %s', (text, expected) => {
    expect(isWebPage(text)).toBe(expected);
  });
});

describe('Secret', () => {
  const secret = new Secret('hunter2-hunter2', 'SENT_DM_API_KEY');

  test('gives itself away only when asked', () => {
    expect(secret.reveal()).toBe('hunter2-hunter2');
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { showHidden: true }),
    ];
    for (const text of shown) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain('hunter2');
    }
  });
});

describe('nearest', () => {
  test.each([
    ['delivred', 'delivered'],
    ['STATE', 'state'],
    ['apiKye', 'apiKey'],
    ['xyz', null],
    ['', null],
    ['x'.repeat(100), null],
  ])('%j → %j', (word, expected) => {
    expect(nearest(word, ['state', 'delivered', 'apiKey'])).toBe(expected);
  });

  test('of several the nearest', () => {
    expect(nearest('sent', ['send', 'set', 'sent'])).toBe('sent');
  });
});
