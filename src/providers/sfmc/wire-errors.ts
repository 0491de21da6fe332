import * as v from 'valibot';

const text = v.fallback(v.nullish(v.string(), null), null);
/** Integers by the book, strings in the wild. */
const code = v.fallback(v.nullish(v.pipe(v.union([v.string(), v.number()]), v.transform(String)), null), null);
const nested = v.fallback(v.nullish(v.array(v.object({ message: text })), null), null);

const apiError = v.object({
  message: text,
  errorcode: code,
  errorCode: code,
  documentation: text,
  requestId: text,
  additionalErrors: nested,
  validationErrors: nested,
});

export interface ApiError {
  /** Null where the body names none. */
  readonly code: string | null;
  /** Everything that the body says, in a line. */
  readonly says: string | null;
  readonly requestId: string | null;
}

/** The error body of a REST route; null for anything that is none, such as an empty or an HTML body. */
export function readApiError(body: unknown): ApiError | null {
  const parsed = v.safeParse(apiError, body);
  if (!parsed.success || Array.isArray(body)) return null;
  const { output } = parsed;
  const errorcode = output.errorcode ?? output.errorCode;
  const details = [...(output.additionalErrors ?? []), ...(output.validationErrors ?? [])];
  const messages = [output.message, ...details.map((each) => each.message)].filter((each) => each !== null);
  if (errorcode === null && messages.length === 0) return null;
  return { code: errorcode, says: worded(errorcode, messages.slice(0, 4).join('; ')), requestId: output.requestId };
}

const oauthError = v.object({ error: text, error_description: text, error_uri: text });

/** The error body of the token endpoint (RFC 6749 §5.2) as a line of text; null for anything that is none. */
export function readTokenError(body: unknown): string | null {
  const parsed = v.safeParse(oauthError, body);
  if (!parsed.success) return null;
  return worded(parsed.output.error, parsed.output.error_description ?? '');
}

function worded(name: string | null, sentence: string): string | null {
  if (name === null || name === '') return sentence === '' ? null : sentence;
  return sentence === '' ? name : `${name}: ${sentence}`;
}
