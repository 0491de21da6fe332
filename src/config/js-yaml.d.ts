/** What is used of js-yaml, the YAML reader that cosmiconfig brings; it comes without types. */
declare module 'js-yaml' {
  export interface Type {
    readonly tag: string;
  }
  export interface Schema {
    extend(types: { readonly implicit: readonly Type[] }): Schema;
  }
  export interface State {
    /** From 0. */
    readonly line: number;
    readonly result: unknown;
  }
  export interface LoadOptions {
    readonly schema?: Schema;
    /** Called before and after each node, the nodes within it in between. */
    readonly listener?: (event: 'open' | 'close', state: State) => void;
  }
  export class YAMLException extends Error {
    readonly reason: string;
    readonly mark?: { readonly line: number; readonly column: number };
  }
  export const FAILSAFE_SCHEMA: Schema;
  export const types: { readonly null: Type };
  export function load(text: string, options?: LoadOptions): unknown;
}
