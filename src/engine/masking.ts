import { maskRecord, maskText, type Tokenize } from '../core/mask.ts';
import type { PrivateDetails, Provider } from '../core/provider.ts';
import type { Result } from '../core/record.ts';
import type { Settings } from '../core/settings.ts';
import { runsInCi } from '../core/text.ts';
import { loadProviders } from '../providers/index.ts';
import type { World } from '../world.ts';

/** One record as people read it, and as programs do. */
export interface RecordPair {
  readonly display: Result;
  readonly data: Result;
}

export interface Masked extends RecordPair {
  /** What the verdict adds to it, for whoever explains it. */
  readonly hint: string | null;
}

export interface Masking {
  /** `keyOf`: the account's own, see `maskKeyOf`; null where its credentials were never needed. */
  mask(result: Result, keyOf: () => Promise<string | null>): Promise<RecordPair>;
  /** Text for people that is no record, such as the trace. */
  text(text: string): string;
}

const noDetails: PrivateDetails = { values: [], sentences: [] };

/** What is masked for whom: in CI what people read, with `--redact` everything, with `--reveal` nothing. Null: nothing. */
export async function createMasking(
  { redact, reveal }: { readonly redact: boolean; readonly reveal: boolean },
  env: World['env'],
): Promise<Masking | null> {
  const forData = redact && !reveal;
  const forPeople = forData || (!reveal && runsInCi(env));
  if (!forPeople) return null;
  const { createHmac, randomBytes } = await import('node:crypto');
  const tokenBy =
    (key: string): Tokenize =>
    (text) =>
      createHmac('sha256', key).update(text).digest('hex').slice(0, 6);
  // Without an account's secret, tokens correlate within the run and with nothing else.
  const runKey = randomBytes(32).toString('hex');
  return {
    mask: async (result, keyOf) => {
      const token = tokenBy((await keyOf()) ?? runKey);
      const hidden = maskRecord(result, await privateDetailsOf(result.provider), token);
      return { display: hidden, data: forData ? hidden : result };
    },
    text: (text) => maskText(text, tokenBy(runKey)),
  };
}

async function privateDetailsOf(id: string): Promise<PrivateDetails> {
  return (await loadProviders([id]))[id]?.privateDetails ?? noDetails;
}

/** A key that only who holds the account's credentials has: without it a token tells nothing, not even by trying numbers. */
export function maskKeyOf(provider: Provider, settings: Settings): string {
  const names = Object.entries(provider.settings).filter(([, { kind }]) => kind === 'secret');
  return JSON.stringify(names.map(([name]) => settings.secret(name)?.reveal() ?? null));
}
