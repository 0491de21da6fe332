import { addCheck } from './check/command.ts';
import type { AddCommand } from './command.ts';
import { addCompletion } from './completion/command.ts';
import { addDecode } from './decode/command.ts';
import { addExplain } from './explain/command.ts';
import { addHelp } from './help/command.ts';
import { addLists } from './list/command.ts';
import { addLookups } from './lookup/command.ts';
import { addMock } from './mock/command.ts';
import { addSchema } from './schema/command.ts';

/** Every command, in the order of the help. Adding one is its folder and a line here. */
export const commands: readonly AddCommand[] = [
  addLookups,
  addLists,
  addCheck,
  addExplain,
  addDecode,
  addMock,
  addSchema,
  addCompletion,
  addHelp,
];
