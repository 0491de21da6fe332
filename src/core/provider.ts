import type { FaultCode } from './fault.ts';
import type { Bounds, Clock, Reply, Send } from './http.ts';
import type { MockProvider } from './mock.ts';
import type { Channel, Direction, Reason, ReasonClass, TimelineEntry } from './record.ts';
import type { Secret } from './secret.ts';
import type { Settings } from './settings.ts';
import type { Standing } from './state.ts';
import type { TokenStore } from './token-store.ts';
import type { Target } from './url.ts';

/**
 * The whole contract of a provider: a value in the registry (`src/providers/index.ts`). Subcommands, help, credential
 * messages, environment names, mock routes, documentation and the contract test are derived from it.
 */
export interface Provider {
  /** The subcommand, the config block and the prefix of the mock's routes. */
  readonly id: string;
  readonly title: string;
  readonly settings: Readonly<Record<string, Setting>>;
  /** Ways to authenticate; the first whose keys are all there is used. */
  readonly credentials: readonly CredentialSet[];
  readonly operations: Readonly<Record<string, Operation>>;
  readonly pace: Pace;
  /** Codes that the provider may answer with, for `explain` and for a record's hints. */
  readonly codes: readonly CodeEntry[];
  connect(settings: Settings, tools: Tools): Connection;
  /** What the provider's own error bodies add to the fault that the HTTP status alone would give. */
  refine?(refusal: Refusal): Refinement;
  /** False ends the asking again that the HTTP status alone (429, 5xx) would bring. */
  mayRetry?(reply: Reply): boolean;
  /** Shell lines before the curl line of `--curl`, such as fetching a token. */
  curlPreamble?(settings: Settings): readonly string[];
  /** Loaded only when the mock server runs. */
  mock(): Promise<MockProvider>;
  /** Loaded only by `decode`: one webhook event (never an array) → which message it is about, and what it says. */
  decoder(): Promise<Decode>;
}

/** Throws a `wrong-shape` fault for what is no event of this provider. */
export type Decode = (event: unknown, settings: Settings) => { readonly id: string; readonly finding: Finding };

export interface Setting {
  /** `secret` never shows; `url` must be https (or loopback) and obeys the origin rule; `text` may be committed. */
  readonly kind: 'secret' | 'text' | 'url';
  /** Environment names, the primary one first. */
  readonly env: readonly string[];
  /** A noun phrase for help and error messages. */
  readonly what: string;
  readonly default?: string;
  readonly pattern?: RegExp;
  /** The command-line flag, where there is one; never for a secret. */
  readonly flag?: string;
}

export interface CredentialSet {
  /** All of these, from one source. */
  readonly keys: readonly string[];
  /** And of each of these groups at least one. */
  readonly needs?: readonly (readonly string[])[];
}

export interface Operation {
  readonly summary: string;
  /** What the id is called in help: `handle`, `message-id`. */
  readonly idName: string;
  /** An id that the mock server answers with the documented body. */
  readonly example: string;
  /** The ids may hold any character, blanks at the edges included. */
  readonly anyCharacter?: boolean;
  target(id: string): Target;
  /** The pure converter: a decoded body → our words. Throws a `wrong-shape` or `wrong-id` fault. */
  read(body: unknown, ask: { readonly id: string; readonly settings: Settings }): Finding;
  /** Another operation that knows more about a message in this state; a wait goes on with that one. */
  continueWith?(finding: Finding): string | null;
}

/** What a provider says about a message, in our words. Times are RFC 3339, UTC, milliseconds. */
export interface Finding {
  readonly standing: Standing;
  readonly providerState: string;
  /** The standing is final by its word, yet may still change by itself; a wait asks once more. */
  readonly provisional?: boolean;
  readonly channel: Channel | null;
  readonly downgraded: boolean | null;
  readonly direction: Direction | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly createdAt: string | null;
  readonly sentAt: string | null;
  readonly updatedAt: string | null;
  readonly reason: Reason | null;
  readonly timeline: readonly TimelineEntry[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  /** The provider's id of this exchange, where the body names one. */
  readonly requestId?: string | null;
}

/** Where to ask and with which headers, for one provider and one set of credentials. */
export interface Connection {
  /** `refused`: what was given before and the provider answered 401 to; null on the first look. Throws a fault. */
  authorize(bounds: Bounds, refused: Authorization | null): Promise<Authorization>;
  /** Whether asking `authorize` again after a 401 can give anything new. */
  readonly renewable: boolean;
}

export interface Authorization {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string | Secret>>;
}

export interface Tools {
  readonly send: Send;
  readonly clock: Clock;
  /** Where fetched tokens are kept; in memory where absent. */
  readonly tokens?: TokenStore;
}

/** A reply that is not a 2xx, or a 2xx that says no. `body`: the decoded JSON, or undefined. */
export interface Refusal {
  readonly reply: Reply;
  readonly body: unknown;
  readonly settings: Settings;
}

export interface Refinement {
  readonly code?: FaultCode | undefined;
  /** The provider's own code and words, as text to show. */
  readonly says?: string | undefined;
  readonly hint?: string | undefined;
  readonly requestId?: string | undefined;
}

export interface Pace {
  /** Look-ups a second by default: half of what the provider publishes. */
  readonly perSecond: number;
  /** The least time between two looks at one message, milliseconds. */
  readonly floorMs: number;
}

/** One entry of a provider's catalogue of codes. */
export interface CodeEntry {
  readonly code: string;
  readonly name: string | null;
  readonly class: ReasonClass;
  /** One sentence, our own words. */
  readonly meaning: string;
  /** Whether sending the message again may help; null where nobody says. */
  readonly resendable: boolean | null;
  /** What to do next. */
  readonly hint: string;
}
