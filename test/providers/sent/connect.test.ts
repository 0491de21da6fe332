import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { Settings } from '../../../src/core/settings.ts';
import { urlOf } from '../../../src/core/url.ts';
import { sent } from '../../../src/providers/sent/index.ts';
import { faultOf } from './support.ts';

const key = new Secret('sk_live_for_tests', 'SENT_DM_API_KEY');
const tools = {
  send: () => Promise.reject(new Error('a static credential asks nobody')),
  clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve(), alarm: () => () => undefined },
};
const bounds = { signal: new AbortController().signal, deadline: 1000 };

function authorize(values: readonly (readonly [string, string | URL | Secret])[]) {
  return sent.connect(new Settings(new Map(values)), tools).authorize(bounds, null);
}

describe('the connection', () => {
  it('sends the key alone where no profile is set', async () => {
    const { base, headers } = await authorize([['apiKey', key]]);
    expect(base.href).toBe('https://api.sent.dm/');
    expect(headers).toEqual({ 'x-api-key': key });
    expect(headers['x-api-key']).toBeInstanceOf(Secret);
  });

  it.each(['', '  '])('leaves an empty profile out: %j', async (profile) => {
    const { headers } = await authorize([
      ['apiKey', key],
      ['profileId', profile],
    ]);
    expect(Object.keys(headers)).toEqual(['x-api-key']);
  });

  it('sends the profile, and asks at the address that is set', async () => {
    const { base, headers } = await authorize([
      ['apiKey', key],
      ['profileId', '550e8400-e29b-41d4-a716-446655440009'],
      ['baseUrl', new URL('http://127.0.0.1:8080/sent')],
    ]);
    expect(headers['x-profile-id']).toBe('550e8400-e29b-41d4-a716-446655440009');
    expect(urlOf(base, sent.operations['get']!.target('a/b c')).href).toBe(
      'http://127.0.0.1:8080/sent/v3/messages/a%2Fb%20c',
    );
  });

  it('cannot be renewed, nor made without a key', () => {
    expect(sent.connect(new Settings(new Map([['apiKey', key]])), tools).canRenew).toBe(false);
    expect(faultOf(() => sent.connect(new Settings(new Map()), tools)).code).toBe('credentials-missing');
  });

  it('takes a profile that a header can carry, and no other', () => {
    const { pattern } = sent.settings['profileId']!;
    expect(pattern?.test('550e8400-e29b-41d4-a716-446655440009')).toBe(true);
    expect(pattern?.test('')).toBe(true);
    expect(pattern?.test('a\r\nx-api-key: b')).toBe(false);
    expect(pattern?.test('a\n')).toBe(false);
    expect(pattern?.test('é')).toBe(false);
  });

  it('brings its mock and its decoder along', async () => {
    expect((await sent.mock()).routes.map((route) => route.path)).toEqual([
      '/v3/messages/:id',
      '/v3/messages/:id/activities',
      '/v3/me',
    ]);
    expect(await sent.decoder()).toBeTypeOf('function');
  });
});
