import { addCheck } from './check.ts';
import type { AddCommand } from './command.ts';
import { addCompletion } from './completion.ts';
import { addConfig } from './config.ts';
import { addDecode } from './decode.ts';
import { addDoctor } from './doctor.ts';
import { addExplain } from './explain.ts';
import { addHelp } from './help.ts';
import { addLists } from './list.ts';
import { addLogouts } from './logout.ts';
import { addLookups } from './lookup.ts';
import { addMock } from './mock.ts';
import { addSchema } from './schema.ts';

/** The commands of providers, below their names. */
export const providerCommands: readonly AddCommand[] = [addLookups, addLists, addLogouts];

/** Every command, in the order of the help. Adding one is its folder and a line here. */
export const commands: readonly AddCommand[] = [
  ...providerCommands,
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
