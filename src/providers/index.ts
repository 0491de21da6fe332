import type { Provider } from '../core/provider.ts';
import { sendblue } from './sendblue/index.ts';
import { sent } from './sent/index.ts';
import { sfmc } from './sfmc/index.ts';

/** Every provider there is. Adding one is its folder and a line here. */
export const providers: Readonly<Record<string, Provider>> = { sendblue, sent, sfmc };
