import { onTestFinished } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';

const providers = await loadProviders();

/** A mock server until the test ends, and the environment that leads every provider's look-ups to it. */
export async function mockEnv() {
  const requests: string[] = [];
  const mock = await startMock({
    providers,
    host: '127.0.0.1',
    port: 0,
    clock: realClock,
    log: (line) => requests.push(line),
  });
  onTestFinished(() => mock.close());
  const env: Record<string, string> = {};
  for (const { id, settings } of Object.values(providers)) {
    for (const [key, value] of Object.entries(mock.settingsOf(id))) {
      const name = settings[key]?.env[0];
      if (name !== undefined) env[name] = value;
    }
  }
  return { env, requests, origin: mock.origin, settingsOf: mock.settingsOf };
}
