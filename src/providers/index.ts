import type { Provider, Providers } from '../core/provider.ts';

/** Every provider there is, each loaded when it is asked for. Adding one is its folder and a line here. */
const registry: Readonly<Record<string, () => Promise<Provider>>> = {
  sendblue: async () => (await import('./sendblue/index.ts')).sendblue,
  sent: async () => (await import('./sent/index.ts')).sent,
  sfmc: async () => (await import('./sfmc/index.ts')).sfmc,
};

/** In the order of help. */
export const providerIds: readonly string[] = Object.keys(registry);

/** All providers by id, or those of them that are named. */
export async function loadProviders(ids: readonly string[] = providerIds): Promise<Providers> {
  const providers: Record<string, Provider> = {};
  for (const [id, load] of Object.entries(registry)) if (ids.includes(id)) providers[id] = await load();
  return providers;
}
