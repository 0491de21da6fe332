import { describe, expect, it } from 'vitest';
import { restBase, tokenEndpoint } from '../../../src/providers/sfmc/token.ts';
import { faultOf, type Given, settingsOf } from './support.ts';

const tenant = { subdomain: 'mc0example' };

describe('where tokens are issued', () => {
  it.each<[Given, string]>([
    [tenant, 'https://mc0example.auth.marketingcloudapis.com/v2/token'],
    [{ ...tenant, authUrl: 'https://auth.example' }, 'https://auth.example/v2/token'],
    [{ authUrl: 'https://auth.example/' }, 'https://auth.example/v2/token'],
    [{ authUrl: 'https://auth.example/v2/token' }, 'https://auth.example/v2/token'],
    [{ authUrl: 'https://auth.example/v2/token/' }, 'https://auth.example/v2/token'],
    [{ authUrl: 'http://127.0.0.1:8080/sfmc' }, 'http://127.0.0.1:8080/sfmc/v2/token'],
  ])('%j', (given, url) => {
    expect(tokenEndpoint(settingsOf(given)).href).toBe(url);
  });

  it('needs a tenant', () => {
    expect(faultOf(() => tokenEndpoint(settingsOf())).code).toBe('credentials-missing');
  });
});

describe('where to ask', () => {
  it.each<[Given, string | null, string]>([
    [tenant, 'https://mc0example.rest.marketingcloudapis.com/', 'https://mc0example.rest.marketingcloudapis.com/'],
    [tenant, 'https://other.rest.marketingcloudapis.com', 'https://other.rest.marketingcloudapis.com/'],
    [tenant, null, 'https://mc0example.rest.marketingcloudapis.com/'],
    [{ ...tenant, restUrl: 'https://rest.example/x' }, 'https://evil.example/', 'https://rest.example/x'],
    [{ restUrl: 'https://rest.example/' }, null, 'https://rest.example/'],
    [{ authUrl: 'https://a.example/x' }, 'https://a.example/y/', 'https://a.example/y/'],
    [
      { authUrl: 'https://t.auth.marketingcloudapis.com' },
      'https://t.rest.marketingcloudapis.com/',
      'https://t.rest.marketingcloudapis.com/',
    ],
    [{ authUrl: 'http://127.0.0.1:1' }, 'http://localhost:2/sfmc/', 'http://localhost:2/sfmc/'],
    [{ authUrl: 'http://[::1]:1' }, 'http://127.0.0.9:2/', 'http://127.0.0.9:2/'],
    [{ authUrl: 'https://t.auth.marketingcloudapis.com/v2/token' }, null, 'https://t.rest.marketingcloudapis.com/'],
    [{ authUrl: 'http://127.0.0.1:1/sfmc' }, null, 'http://127.0.0.1:1/sfmc/'],
  ])('%j, named %j: %s', (given, named, url) => {
    expect(restBase(settingsOf(given), named).href).toBe(url);
  });

  it.each<[Given, string]>([
    [tenant, 'https://evil.example/'],
    [tenant, 'http://mc0example.rest.marketingcloudapis.com/'],
    [tenant, 'https://mc0example.rest.marketingcloudapis.com.evil.example/'],
    [tenant, 'https://evilmarketingcloudapis.com/'],
    [tenant, 'https://user@mc0example.rest.marketingcloudapis.com/'],
    [tenant, 'https://mc0example.rest.marketingcloudapis.com:8443/'],
    [tenant, 'https://mc0example.rest.marketingcloudapis.com@evil.example/'],
    [tenant, 'http://127.0.0.1/'],
    [tenant, 'file:///etc/passwd'],
    [tenant, 'not a URL'],
    [{ authUrl: 'https://a.example' }, 'https://b.example/'],
    [{ authUrl: 'https://a.example' }, 'http://a.example/'],
    [{ authUrl: 'https://a.example' }, 'https://a.example:444/'],
    [{ authUrl: 'https://a.example' }, 'http://127.0.0.1/'],
    [{ authUrl: 'http://127.0.0.1:1' }, 'https://evil.example/'],
    [{ authUrl: 'http://127.0.0.1:1' }, 'http://localhost.evil.example/'],
    [{ authUrl: 'http://127.0.0.1:1' }, 'http://127.0.0.1.evil.example/'],
    [{ authUrl: 'http://127.0.0.1:1' }, 'http://x@127.0.0.1:1/'],
  ])('%j refuses %s', (given, named) => {
    const fault = faultOf(() => restBase(settingsOf(given), named));
    expect(fault.code).toBe('origin-refused');
    expect(fault.exit).toBe('config');
    expect(fault.message).not.toContain('user');
  });

  it('needs a tenant', () => {
    expect(faultOf(() => restBase(settingsOf(), null)).code).toBe('credentials-missing');
  });
});
