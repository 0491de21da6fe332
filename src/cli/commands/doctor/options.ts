/** What `sbstatus doctor` was asked for. */
export interface DoctorOptions {
  readonly profile: string | null;
  readonly config: string | null;
  readonly mock: boolean;
  readonly json: boolean;
  readonly color: boolean;
}
