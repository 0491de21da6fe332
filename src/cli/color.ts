import type { Output, World } from '../world.ts';

/** Whether to colour what goes to `output`: `--no-color`, FORCE_COLOR, NO_COLOR, TERM=dumb, in this order. */
export function usesColor(output: Pick<Output, 'terminal'>, env: World['env'], allowed: boolean): boolean {
  if (!allowed) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return (env['NO_COLOR'] ?? '') === '' && output.terminal && env['TERM'] !== 'dumb';
}
