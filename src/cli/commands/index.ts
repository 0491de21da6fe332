import { addCheck } from './check/command.ts';
import type { AddCommand } from './command.ts';
import { addDecode } from './decode/command.ts';
import { addExplain } from './explain/command.ts';
import { addHelp } from './help/command.ts';
import { addLookups } from './lookup/command.ts';
import { addMock } from './mock/command.ts';

/** Every command, in the order of the help. Adding one is its folder and a line here. */
export const commands: readonly AddCommand[] = [addLookups, addCheck, addExplain, addDecode, addMock, addHelp];
