import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { type ManifestMessage, messagesOf } from '../../../config/manifest/manifest.ts';
import { UsageError } from '../../../core/fault.ts';
import { decodeText } from '../../../core/json.ts';
import type { Providers } from '../../../core/provider.ts';
import type { World } from '../../../world.ts';

/** Bytes; a manifest is written by people or for one run, and held in memory. */
const largest = 4 * 1024 * 1024;

/** The messages of a manifest file; `-` is stdin. Throws a usage error or a `manifest-invalid` fault. */
export async function readManifest(
  file: string,
  providers: Providers,
  world: World,
): Promise<readonly ManifestMessage[]> {
  const name = file === '-' ? 'the manifest on standard input' : file;
  const stream = file === '-' ? world.stdin.stream : createReadStream(resolve(world.cwd, file));
  return messagesOf(await textOf(stream, name), { name, providers, env: world.env });
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
