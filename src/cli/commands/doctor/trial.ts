import { Fault } from '../../../core/fault.ts';
import type { Clock, Limits, Send } from '../../../core/http.ts';
import type { Provider } from '../../../core/provider.ts';
import { type ApiResult, execute } from '../../../core/question.ts';
import type { Settings } from '../../../core/settings.ts';
import { createMemoryTokens, type TokenStore } from '../../../core/token-store.ts';
import { bad, doubtful, type Finding, good } from './finding.ts';

export interface Trial {
  readonly provider: Provider;
  readonly settings: Settings;
  readonly send: Send;
  readonly clock: Clock;
  readonly tokens: TokenStore | null;
  readonly bounds: Limits;
}

/** A clock that is off by more makes certificates and tokens look expired, or not valid yet; milliseconds. */
const tolerableSkewMs = 60_000;

/** Asks the provider the question that it declares for it, and compares its clock with this machine's. */
export async function tried({ provider, settings, send, clock, tokens, bounds }: Trial): Promise<Finding[]> {
  let date: string | undefined;
  const listening: Send = async (request, within) => {
    const exchange = await send(request, within);
    if (!(exchange.reply instanceof Fault)) date = exchange.reply.headers['date'] ?? date;
    return exchange;
  };
  const kept = fresh(tokens ?? createMemoryTokens());
  const tools = { clock, send: listening };
  const connection = provider.connect(settings, { ...tools, tokens: kept });
  const question = { provider, target: provider.check.target, read: () => ({}) };
  const reading = await execute(question, { settings, connection }, tools, bounds);
  return [verdict(provider, reading), ...clockFinding(provider, date, clock.now())];
}

/** A token from before would prove nothing about the client secret of today. What is fetched is kept all the same. */
function fresh(tokens: TokenStore): TokenStore {
  return { ...tokens, read: async () => null };
}

function verdict({ id, title, check }: Provider, { result, request }: ApiResult<object>): Finding {
  const what = { topic: 'provider', subject: id } as const;
  const proven = result instanceof Fault ? check.proof === 'not-found' && result.code === 'not-found' : true;
  if (proven) return good(what, `${title} took the credentials (${check.what}, ${request?.durationMs ?? 0} ms)`);
  return bad(what, result as Fault);
}

function clockFinding({ id }: Provider, date: string | undefined, now: number): Finding[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const what = { topic: 'clock', subject: id } as const;
  const skew = Math.round((now - theirs) / 1000);
  const words = `this machine’s clock is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} the provider’s`;
  // The header tells whole seconds, and took its time to arrive.
  if (Math.abs(skew) * 1000 <= tolerableSkewMs) return [good(what, 'this machine’s clock agrees with the provider’s')];
  return [doubtful(what, words, 'set the clock: tokens and certificates are judged by it')];
}
