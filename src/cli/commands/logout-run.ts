import { Fault } from '../../core/fault.ts';
import { removeTokens } from '../../disk/tokens.ts';
import type { World } from '../../world.ts';

/** Forgets every cached token of a provider, of all accounts. They stay valid at the provider until they expire. */
export async function logout(provider: string, world: World): Promise<void> {
  const count = countRemoved(provider, world);
  const what = count === 1 ? '1 token' : `${count} tokens`;
  await world.stdout.write(count === 0 ? 'there was no token to remove\n' : `removed ${what}\n`);
}

function countRemoved(provider: string, world: World): number {
  try {
    return removeTokens(provider, world);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Fault('config-invalid', {
      message: `the cached tokens cannot be removed (${code})`,
      hint: 'check the permissions of the cache folder; docs/configuration.md tells where it is',
    });
  }
}
