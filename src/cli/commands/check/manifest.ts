import { resolve } from 'node:path';
import { type ManifestMessage, messagesOf } from '../../../config/manifest.ts';
import { Fault } from '../../../core/fault.ts';
import type { Clock } from '../../../core/http.ts';
import { decodeText } from '../../../core/json.ts';
import type { Providers } from '../../../core/provider.ts';
import type { World } from '../../../world.ts';
import { fileBytes } from '../../file-bytes.ts';
import type { Run } from '../../run.ts';
import { UsageError } from '../../usage.ts';

/** Bytes; a manifest is written by people or for one run, and held in memory. */
const largest = 4 * 1024 * 1024;

/**
 * The messages of a manifest file; `-` is stdin. Throws a usage error or a `manifest-invalid` fault, and where the run
 * ends before the file does, the fault of that.
 */
export async function readManifest(
  file: string,
  providers: Providers,
  run: Run,
  world: World,
): Promise<readonly ManifestMessage[]> {
  const name = file === '-' ? 'the manifest on standard input' : file;
  const streamOf = (signal: AbortSignal) =>
    file === '-' ? world.stdin.stream : fileBytes(resolve(world.cwd, file), signal);
  const text = await duringRun((signal) => textOf(streamOf(signal), name), name, run, world.clock);
  return messagesOf(text, { name, providers, env: world.env });
}

/** What `work` comes to. Its signal aborts, and the reason is thrown, where the run is ended or its time is up. */
async function duringRun<T>(
  work: (signal: AbortSignal) => Promise<T>,
  name: string,
  { signal, deadline }: Run,
  clock: Clock,
): Promise<T> {
  const end = new AbortController();
  const interrupt = () => end.abort(signal.reason);
  const late = new Fault('time-up', {
    message: `the time was up before ${name} ended`,
    hint: 'raise --timeout, or end the input',
  });
  const silence = clock.alarm(deadline - clock.monotonic(), () => end.abort(late));
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const ended = new Promise<never>((_, reject) => {
      end.signal.addEventListener('abort', () => reject(end.signal.reason), { once: true });
    });
    return await Promise.race([work(end.signal), ended]);
  } finally {
    silence();
    signal.removeEventListener('abort', interrupt);
  }
}

async function textOf(stream: AsyncIterable<unknown>, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk as Uint8Array | string);
      size += bytes.length;
      if (size > largest)
        throw new UsageError(`${name} is larger than 4 MiB`, 'list plain refs in a file: --from-file');
      chunks.push(bytes);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`cannot read ${name} (${code})`, 'check the path of --manifest');
  }
  return utf8(Buffer.concat(chunks), name);
}

function utf8(bytes: Buffer, name: string): string {
  try {
    return decodeText(bytes);
  } catch {
    throw new UsageError(`${name} is not UTF-8 text`, 'save it as UTF-8');
  }
}
