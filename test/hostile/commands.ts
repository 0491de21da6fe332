/** One column of the matrix: a command that asks a server at `origin`. */
export interface Column {
  readonly title: string;
  readonly argv: readonly string[];
  env(origin: string): Readonly<Record<string, string>>;
}

/** Recognisable wherever they would turn up, and of no other use. */
export const secrets = {
  sendblueKey: 'sbkey-4be1f0c7d2a9',
  sendblueSecret: 'sbsecret-91d07cc3/+e5=',
  sentKey: 'sk_test_7f20c1aa96bd',
  sfmcToken: 'bearer-30cb5f8e41d6',
  sfmcClient: 'client-ad61e09f7b24',
  sfmcSecret: 'clientsecret-55aa02d8/+c1=',
  proxyPassword: 'proxypass-b86f13e0c4',
} as const;

/** Every way in which a look-up meets a server; a token request is one of its own. */
export const columns: readonly Column[] = [
  { title: 'sendblue status', argv: ['sendblue', 'status', 'msg_1'], env: sendblueAt },
  { title: 'sendblue get', argv: ['sendblue', 'get', 'msg_1'], env: sendblueAt },
  { title: 'sendblue list', argv: ['sendblue', 'list', '--limit', '2'], env: sendblueAt },
  {
    title: 'sent get',
    argv: ['sent', 'get', '8ba7b830-9dad-11d1-80b4-00c04fd430c8'],
    env: (origin) => ({ SENT_DM_API_KEY: secrets.sentKey, SENT_BASE_URL: origin }),
  },
  {
    title: 'sfmc get',
    argv: ['sfmc', 'get', 'key 1', '--no-token-cache'],
    env: (origin) => ({ SFMC_ACCESS_TOKEN: secrets.sfmcToken, SFMC_REST_BASE_URL: origin }),
  },
  {
    title: 'sfmc get (token)',
    argv: ['sfmc', 'get', 'key 1', '--no-token-cache'],
    env: (origin) => ({
      SFMC_CLIENT_ID: secrets.sfmcClient,
      SFMC_CLIENT_SECRET: secrets.sfmcSecret,
      SFMC_AUTH_BASE_URL: origin,
    }),
  },
];

function sendblueAt(origin: string): Record<string, string> {
  return {
    SENDBLUE_API_API_KEY: secrets.sendblueKey,
    SENDBLUE_API_API_SECRET: secrets.sendblueSecret,
    SENDBLUE_API_BASE_URL: origin,
  };
}
