import type { MockReply } from '../core/mock.ts';

/** What a faulty server does instead of answering; `fail` gives the provider's own words for an HTTP status. */
export interface Misbehaviour {
  readonly reply: MockReply;
  /** Milliseconds before the reply. */
  readonly delayMs?: number;
  /** Send only half of the body and close the connection, or only half of the body as if it were whole. */
  readonly cut?: 'connection' | 'body';
}

/** What a fault is made of, in the words of the provider. */
interface Ingredients {
  /** A good answer, to be spoilt. */
  whole(): MockReply;
  fail(status: number): MockReply;
  /** A 429 for so many seconds. */
  throttle(seconds: number): MockReply;
}

type Misbehave = (ingredients: Ingredients) => Misbehaviour;

interface FaultId {
  readonly means: string;
  readonly misbehave: Misbehave;
}

/** Ids that every provider's mock answers with a fault; `http-<status>` and `html-<status>` give any other status. */
export const faultIds: Readonly<Record<string, FaultId>> = {
  'not-found': { means: 'unknown to the provider (404)', misbehave: ({ fail }) => ({ reply: fail(404) }) },
  'http-401': { means: 'credentials refused (401)', misbehave: ({ fail }) => ({ reply: fail(401) }) },
  'http-403': { means: 'forbidden, with an empty body (403)', misbehave: () => ({ reply: { status: 403 } }) },
  'http-422': { means: 'request called invalid (422)', misbehave: ({ fail }) => ({ reply: fail(422) }) },
  'http-429': {
    means: 'too many requests (429), Retry-After: 1',
    misbehave: ({ throttle }) => ({ reply: throttle(1) }),
  },
  'http-429-long': {
    means: 'too many requests (429), Retry-After: 3600',
    misbehave: ({ throttle }) => ({ reply: throttle(3600) }),
  },
  'http-500': { means: 'the provider’s own error (500)', misbehave: ({ fail }) => ({ reply: fail(500) }) },
  'http-503': { means: 'unavailable (503)', misbehave: ({ fail }) => ({ reply: fail(503) }) },
  slow: { means: 'answers after a minute', misbehave: ({ fail }) => ({ reply: fail(503), delayMs: 60_000 }) },
  html: {
    means: 'a web page with status 200',
    misbehave: () => ({ reply: { status: 200, body: '<!doctype html><title>Welcome</title><h1>It works</h1>' } }),
  },
  'html-404': { means: 'a web page with status 404', misbehave: () => ({ reply: pageOf(404) }) },
  empty: { means: 'status 200 and no body', misbehave: () => ({ reply: { status: 200 } }) },
  truncated: { means: 'half of the JSON', misbehave: ({ whole }) => ({ reply: whole(), cut: 'body' }) },
  reset: {
    means: 'connection closed within the body',
    misbehave: ({ whole }) => ({ reply: whole(), cut: 'connection' }),
  },
  redirect: {
    means: 'a redirect to another host (302)',
    misbehave: () => ({ reply: { status: 302, headers: { location: 'https://redirect.example/elsewhere' } } }),
  },
};

/** The misbehaviour that an id asks for, or null. `<id>-<anything>` is the same as `<id>`. */
export function misbehaviourOf(id: string): Misbehave | null {
  const [, kind, status] = /^(http|html)-([3-5]\d\d)(?:-.*)?$/s.exec(id) ?? [];
  if (kind === 'html') return () => ({ reply: pageOf(Number(status)) });
  const named = Object.keys(faultIds)
    .filter((name) => id === name || id.startsWith(`${name}-`))
    .reduce((longest, name) => (name.length > longest.length ? name : longest), '');
  if (named !== '') return faultIds[named]?.misbehave ?? null;
  return kind === undefined ? null : ({ fail }) => ({ reply: fail(Number(status)) });
}

function pageOf(status: number): MockReply {
  return { status, body: `<!doctype html><title>${status}</title><h1>This is not the page you are looking for</h1>` };
}
