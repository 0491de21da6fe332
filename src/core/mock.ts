/** What a provider brings to the mock server. Faults that every provider can have (slow, truncated, …) are the server's. */
export interface MockProvider {
  /** Values for the provider's settings under `--mock`; the server accepts these credentials and no others. */
  readonly settings: Readonly<Record<string, string>>;
  /** The setting that holds the address, and thus what `--mock` points at the server. */
  readonly urlSettings: readonly string[];
  readonly routes: readonly MockRoute[];
  /** Ids with a body of their own, for the documented list. */
  readonly ids: readonly MockId[];
}

export interface MockId {
  readonly id: string;
  readonly operation: string;
  readonly means: string;
}

export interface MockRoute {
  readonly method: 'GET' | 'POST';
  /** Below the provider's prefix. A segment `:id` takes the id, decoded once. */
  readonly path: string;
  /** Set where the id is a query parameter instead. */
  readonly idParameter?: string;
  /** Tells more of what another route told: asking here does not move the message on. */
  readonly aside?: true;
  /** A route without an id (a token, a list) answers as it is asked. */
  answer(request: MockRequest): MockReply;
  /** What a request without good credentials gets, or null when they are good. */
  refuse(request: MockRequest): MockReply | null;
  /** How this provider words a fault of HTTP status `status`; the server decides when, and of a 429 until when. */
  fail(status: number, limit?: MockLimit): MockReply;
}

/** What was exceeded, as headers and bodies of a 429 tell it. */
export interface MockLimit {
  /** Requests. */
  readonly count: number;
  /** Until it may be asked again. */
  readonly seconds: number;
  /** The same as epoch milliseconds. */
  readonly resetAt: number;
}

export interface MockRequest {
  readonly method: string;
  /** The path below the provider's prefix, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The id asked for; empty on a route without one. */
  readonly id: string;
  /** How often this id was asked before, from 0. */
  readonly asked: number;
  /** When it was asked first, epoch milliseconds: what is made up for an id keeps its times. */
  readonly firstAsked: number;
  /** When the server began, epoch milliseconds. */
  readonly started: number;
  /** The server's own address with the provider's prefix, without a slash at the end. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface MockReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, as text/html; anything else as JSON. Undefined: an empty body. */
  readonly body?: unknown;
}

/** The header that marks every reply of the mock server. */
export const mockHeader = 'x-sbstatus-mock';
