import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { run } from '../support/run.ts';

const providers = await loadProviders();

const reference = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';

test('one more request, and the same verdict', async () => {
  const asked: string[] = [];
  const log = (line: string) => void asked.push(line);
  const server = await startMock({ providers, host: '127.0.0.1', port: 0, clock: realClock, log });
  const { baseUrl = '', apiKey = '' } = server.settingsOf('sent');
  const env = { SENT_BASE_URL: baseUrl, SENT_DM_API_KEY: apiKey };
  const { code, stdout, stderr } = await run(['sent', 'get', reference, '--activities', '--json'], { env });
  const record = JSON.parse(stdout);
  expect([code, stderr.includes('error'), record.warnings]).toEqual([0, false, []]);
  expect(record.timeline.map(({ providerState }: { providerState: string }) => providerState)).toEqual([
    'queued',
    'PROCESSED',
    'sent',
    'delivered',
  ]);
  expect(record.details.activities[3]).toMatchObject({ price: 0.0055, from: '+12025550100' });
  expect(asked).toEqual([
    `GET /sent/v3/messages/${reference} 200`,
    `GET /sent/v3/messages/${reference}/activities 200`,
  ]);
  asked.length = 0;
  await run(['sent', 'get', reference, 'not-found', '--json'], { env });
  expect(asked.join()).not.toContain('activities');
  asked.length = 0;
  await run(['sent', 'get', 'not-found', '--activities', '--json'], { env });
  expect(asked).toEqual(['GET /sent/v3/messages/not-found 404']);
  await server.close();
});

test('a wait sees the message move as without them', async () => {
  const flags = ['--mock', '--wait', '--timeout', '10m', '--json'];
  const { code, stdout } = await run(['sent', 'get', 'moving', '--activities', ...flags], { speed: 1000 });
  const { state, timeline } = JSON.parse(stdout);
  expect([code, state, timeline.at(-1).providerState]).toEqual([0, 'delivered', 'DELIVERED']);
});

test('activities that cannot be had are a warning: the verdict stands', async () => {
  const message = { success: true, data: { id: reference, status: 'DELIVERED' } };
  const server = createServer((request, response) => {
    const aside = request.url?.endsWith('/activities') === true;
    response.writeHead(aside ? 403 : 200).end(aside ? '' : JSON.stringify(message));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const env = { SENT_BASE_URL: `http://127.0.0.1:${port}`, SENT_DM_API_KEY: 'key-0123456789' };
  const { code, stdout } = await run(['sent', 'get', reference, '--activities', '--json'], { env });
  expect([code, JSON.parse(stdout).warnings]).toEqual([0, ['no activities: Sent answered HTTP 403']]);
  server.closeAllConnections();
  server.close();
});

test('--curl shows both requests', async () => {
  const { stdout } = await run(['sent', 'get', 'a', '--activities', '--curl']);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split("'")[1]),
  ).toEqual(['https://api.sent.dm/v3/messages/a', 'https://api.sent.dm/v3/messages/a/activities']);
});
