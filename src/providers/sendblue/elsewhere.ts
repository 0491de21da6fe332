import type { ImportSource } from '../../core/provider.ts';

/** Sendblue's own CLI keeps the account's keys under other names than the API. */
export const elsewhere: ImportSource = {
  owner: 'Sendblue’s own CLI',
  path: ['.sendblue', 'credentials.json'],
  read: (contents) => {
    const { apiKey, apiSecret } = Object(contents) as Readonly<Record<string, unknown>>;
    if (typeof apiKey !== 'string' || typeof apiSecret !== 'string') return null;
    return { apiKeyId: apiKey, apiSecretKey: apiSecret };
  },
};
