import type { Fault, FaultCode } from './fault.ts';
import type { Clock, Limits, Reply, Send } from './http.ts';
import type { MockProvider } from './mock.ts';
import type { Channel, Direction, Reason, ReasonClass, TimelineEntry } from './record.ts';
import type { Secret } from './secret.ts';
import type { Settings } from './settings.ts';
import type { Status } from './state.ts';
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
  /** Ways to authenticate; the first whose keys are all there is used, the last is the one that people are told to set up. */
  readonly credentials: readonly CredentialSet[];
  readonly operations: Readonly<Record<string, Operation>>;
  readonly pace: PaceLimits;
  /** Every name that `details` of its records may hold, those of events included. */
  readonly details: DetailNames;
  readonly privateDetails: PrivateDetails;
  /** How `doctor` tries the credentials. */
  readonly check: CredentialCheck;
  /** Fetches tokens, which may outlive the process in `ConnectDeps.tokens`. */
  readonly usesTokens?: true;
  /** Another program’s file that holds the same credentials; `config init` offers to read it. */
  readonly importFrom?: ImportSource;
  /** The provider's words for where a message is. */
  readonly words?: readonly WordEntry[];
  /** Codes that the provider may answer with, for `explain` and for a record's hints. */
  readonly codes: readonly CodeEntry[];
  /** Codes of other catalogues, such as that of the events: the same code means something else there, as `where` says. */
  readonly eventCodes?: readonly CodeEntry[];
  /** Set where the provider can list the account's messages. */
  readonly listing?: Listing;
  /** Set where that list can stand in for look-ups (`--bulk`). */
  readonly bulk?: Bulk;
  connect(settings: Settings, deps: ConnectDeps): Connection;
  /** What the provider's own error bodies add to the fault that the HTTP status alone would give. */
  mapError?(refusal: ErrorResponse): MappedError;
  /** What its refusals say that are plain text; absent where all of them are JSON. */
  readonly plainErrors?: RegExp;
  /** False ends the asking again that the HTTP status alone (429, 5xx) would bring. */
  mayRetry?(reply: Reply): boolean;
  /** Shell lines before the curl line of `--curl`, such as fetching a token. */
  curlPreamble?(settings: Settings): readonly string[];
  /** Loaded only when the mock server runs. */
  mock(): Promise<MockProvider>;
  /** Loaded only by `decode`: one webhook event (never an array) → which message it is about, and what it says. */
  decoder(): Promise<Decode>;
}

/** Providers by id. */
export type Providers = Readonly<Record<string, Provider>>;

/** Throws a `wrong-shape` fault for what is no event of this provider. */
export type Decode = (event: unknown, settings: Settings) => { readonly id: string; readonly finding: MessageStatus };

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

/** Names in `details`: each of a value, of an object with names of its own, or of something that is given on as it comes. */
export interface DetailNames {
  readonly [name: string]: 'value' | 'anything' | DetailNames;
}

/** What of `details` is masked where people’s data are. Paths; `list.name` reaches into each entry of a list. */
export interface PrivateDetails {
  /** Numbers, addresses, texts: hidden whole. */
  readonly values: readonly string[];
  /** The provider's sentences, which may quote such a value: hidden is what looks like one. */
  readonly sentences: readonly string[];
}

/** A request that proves the credentials good; it sends no message and reads none. */
export interface CredentialCheck {
  /** What is asked, for people. */
  readonly what: string;
  readonly target: Target;
  /** The answer that proves it: any 2xx, or that a made-up message is not known. */
  readonly proof: 'success' | 'not-found';
}

export interface ImportSource {
  /** Whose file it is: `Sendblue’s own CLI`. */
  readonly owner: string;
  /** Below the user’s home. */
  readonly path: readonly string[];
  /** Settings in the file’s JSON; null where it holds none. */
  read(contents: unknown): Readonly<Record<string, string>> | null;
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
  read(body: unknown, ask: { readonly id: string; readonly settings: Settings }): MessageStatus;
  /** Another operation that knows more about a message in this state; a wait goes on with that one. */
  nextOperation?(finding: MessageStatus): string | null;
  /** What a further request about the same message can add, by name. */
  readonly expansions?: Readonly<Record<string, Expansion>>;
}

export interface Expansion {
  /** The command-line flag that asks for it. */
  readonly flag: string;
  readonly summary: string;
  target(id: string): Target;
  /** Pure: the finding with what the body adds. Throws a `wrong-shape` or `wrong-id` fault. */
  merge(
    finding: MessageStatus,
    body: unknown,
    ask: { readonly id: string; readonly settings: Settings },
  ): MessageStatus;
}

/** A list of messages that is asked for page by page, by offset. */
export interface Listing {
  readonly summary: string;
  /** In the order of help. The first of kind `number` is the one that finds a person's messages: a hint names it. */
  readonly filters: readonly Filter[];
  /** Rows that one page can hold. */
  readonly pageSize: number;
  /** `query`: the parameters of the filters in use. */
  target(query: Readonly<Record<string, string>>, page: { readonly offset: number; readonly limit: number }): Target;
  /** Throws a `wrong-shape` fault for what is no page. */
  readPage(body: unknown, settings: Settings): Page;
}

export interface Filter {
  /** The command-line flag, with its value's name: `--to <number>`. */
  readonly flag: string;
  readonly what: string;
  /** The query parameter that it fills. */
  readonly parameter: string;
  /** `time`: a time or an age on the command line, RFC 3339 in the query; `number`: a phone number, E.164 in the query. */
  readonly kind: 'text' | 'time' | 'number';
  /** The words that it takes, matched without regard to case, with the provider's own; several are asked for in turn. */
  readonly choices?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Page<Row = ListedMessage> {
  readonly rows: readonly Row[];
  /** Whether more rows follow; null where the page does not say. */
  readonly more: boolean | null;
}

export interface ListedMessage {
  /** Null for a row that names no message. */
  readonly id: string | null;
  /** A fault for a row that cannot be read. */
  readonly result: MessageStatus | Fault;
  readonly body: unknown;
}

/**
 * The account's list as a way to look many messages up: newest first, by offset, in the shape of the look-up. What it tells
 * has `via: 'list'` in its details, which must name that.
 */
export interface Bulk {
  /** The operation that it stands in for. */
  readonly operation: string;
  /** Rows that one page can hold. */
  readonly pageSize: number;
  target(range: BulkRange, page: { readonly offset: number; readonly limit: number }): Target;
  /** Throws a `wrong-shape` fault for what is no page. */
  readPage(body: unknown): Page<BulkRow>;
  /** Whether a row says all that the look-up would; else the message is looked up by itself. */
  isComplete(finding: MessageStatus): boolean;
}

export interface BulkRange {
  /** The time that the list is sorted by, newest first, and that `since` is about. */
  readonly by: 'created' | 'updated';
  /** RFC 3339, UTC; null: from the beginning. */
  readonly since: string | null;
}

export interface BulkRow {
  /** Null for a row that names no message. */
  readonly id: string | null;
  /** The row as the operation's own `read` takes it. */
  readonly body: unknown;
  /** When it last changed, or what comes nearest; RFC 3339, UTC. */
  readonly updatedAt: string | null;
}

/** What a provider says about a message, in our words. Times are RFC 3339, UTC, milliseconds. */
export interface MessageStatus {
  readonly status: Status;
  readonly providerState: string;
  /** The status is final by its word, yet may still change by itself; a wait asks once more. */
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
  authorize(bounds: Limits, refused: Authorization | null): Promise<Authorization>;
  /** Whether asking `authorize` again after a 401 can give anything new. */
  readonly canRenew: boolean;
}

/** The same object as long as nothing has changed: requests with the same headers have their way to the server made once. */
export interface Authorization {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string | Secret>>;
}

export interface ConnectDeps {
  readonly send: Send;
  readonly clock: Clock;
  /** Where fetched tokens are kept; in memory where absent. */
  readonly tokens?: TokenStore;
}

/** A reply that is not a 2xx, or a 2xx that says no. `body`: the decoded JSON, or undefined. */
export interface ErrorResponse {
  readonly reply: Reply;
  readonly body: unknown;
  /** A router, a proxy or a login page answered instead of the provider, which can add no more than a hint. */
  readonly fromElsewhere?: boolean;
  readonly settings: Settings;
  /** What was asked for. */
  readonly target?: Target;
}

export interface MappedError {
  readonly code?: FaultCode | undefined;
  /** The provider's own code and words, as text to show. */
  readonly says?: string | undefined;
  readonly hint?: string | undefined;
  readonly requestId?: string | undefined;
}

export interface PaceLimits {
  /** Look-ups a second by default: half of what the provider publishes. */
  readonly perSecond: number;
  /** The least time between two looks at one message, milliseconds. */
  readonly floorMs: number;
}

/** What follows from the cause of a failure. */
export interface Advice {
  readonly class: ReasonClass;
  /** Whether sending the message again, as it is, may help; null where nobody says. */
  readonly resendable: boolean | null;
  /** What to do next. */
  readonly hint: string;
}

/** One entry of a provider's catalogue of codes. */
export interface CodeEntry extends Advice {
  readonly code: string;
  readonly name: string | null;
  /** Other spellings of the name that people paste. */
  readonly aliases?: readonly string[];
  /** Where the code occurs, for a provider with several catalogues. */
  readonly where?: string;
  /** One sentence, our own words. */
  readonly meaning: string;
}

/** One word of a provider for where a message is, and all that follows from it. */
export interface WordEntry {
  readonly word: string;
  /** When the word means this, if it means something else otherwise: `in events`, `over SMS`. */
  readonly when?: string;
  readonly status: Status;
  /** The status is final by its word, yet may still change by itself. */
  readonly provisional?: true;
  /** What the word alone tells of the cause; null where there is nothing to explain. */
  readonly advice: Advice | null;
}
