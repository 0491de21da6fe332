import { addCheck } from './check.ts';
import type { AddCommand } from './command.ts';
import { addCompletion } from './completion.ts';
import { addConfig } from './config.ts';
import { addDecode } from './decode.ts';
import { addDoctor } from './doctor.ts';
import { addExplain } from './explain.ts';
import { addHelp } from './help.ts';
import { addMock } from './mock.ts';
import { addProviders } from './provider.ts';
import { addSchema } from './schema.ts';

/** Every command, in the order of the help. Adding one is its file and a line here. */
export const commands: readonly AddCommand[] = [
  addProviders,
  addCheck,
  addExplain,
  addDecode,
  addConfig,
  addDoctor,
  addMock,
  addSchema,
  addCompletion,
  addHelp,
];

/** What a command line may begin with beside the providers. */
export const commandNames: readonly string[] = [
  'check',
  'explain',
  'decode',
  'config',
  'doctor',
  'mock',
  'schema',
  'completion',
  'help',
];

export { addProviders };
