import { addCheck } from './check/command.ts';
import type { AddCommand } from './command.ts';
import { addCompletion } from './completion/command.ts';
import { addConfig } from './config/command.ts';
import { addDecode } from './decode/command.ts';
import { addDoctor } from './doctor/command.ts';
import { addExplain } from './explain/command.ts';
import { addHelp } from './help/command.ts';
import { addLists } from './list/command.ts';
import { addLogouts } from './logout/command.ts';
import { addLookups } from './lookup/command.ts';
import { addMock } from './mock/command.ts';
import { addSchema } from './schema/command.ts';

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
