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

/** What a command line may begin with beside the providers, in the order of the help. Adding one is its file and a line here. */
export const namedCommands: ReadonlyMap<string, AddCommand> = new Map([
  ['check', addCheck],
  ['explain', addExplain],
  ['decode', addDecode],
  ['config', addConfig],
  ['doctor', addDoctor],
  ['mock', addMock],
  ['schema', addSchema],
  ['completion', addCompletion],
  ['help', addHelp],
]);

export { addProviders };
