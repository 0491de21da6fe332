/** What `config show` and `config path` were asked for. */
export interface ConfigOptions {
  readonly profile: string | null;
  readonly config: string | null;
  readonly json: boolean;
  readonly all: boolean;
}

/** What `config init` was asked for. */
export interface InitOptions {
  readonly profile: string | null;
  readonly file: string | null;
  readonly stdin: boolean;
  readonly force: boolean;
}
