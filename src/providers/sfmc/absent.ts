import type { Settings } from '../../core/settings.ts';
import { apiCodes } from './codes-api.ts';

/** Where a message that was not found may be; without an account id the business unit comes first. */
export function absentHint(settings: Settings): string {
  const causes = apiCodes.find(({ code }) => code === '30003')?.hint ?? '';
  return settings.text('accountId') === null
    ? `no account id is set, so only the package’s own business unit was asked; ${causes}`
    : causes;
}
