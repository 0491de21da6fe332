import { loadProviders } from '../../../providers/index.ts';
import { mockCredentials } from '../../credentials.ts';
import type { Instruments } from './examine.ts';
import { type Finding, good } from './finding.ts';
import { tried } from './trial.ts';

/** Every provider's question, put to a mock server that lives as long as this. */
export async function* examineMock({
  world,
  send,
  bounds,
}: Pick<Instruments, 'world' | 'send' | 'bounds'>): AsyncGenerator<Finding> {
  const credentials = mockCredentials({ config: null, profile: null, settings: {} }, world);
  try {
    for (const provider of Object.values(await loadProviders())) {
      const settings = await credentials.settingsOf(provider);
      yield good({ topic: 'credentials', subject: provider.id }, 'the mock server’s');
      yield* await tried({ provider, settings, send, clock: world.clock, tokens: null, bounds: bounds() });
    }
  } finally {
    await credentials.close();
  }
}
