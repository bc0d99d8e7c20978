/** A cell of the table of environments. */
export type Setting =
  | 'name'
  | 'replicas'
  | 'replicas.max'
  | 'requests.cpu'
  | 'limits.cpu'
  | 'requests.memory'
  | 'limits.memory'
  | 'host'
  | 'certificate'
  | `quota.${string}`
  | `database.${'storage' | 'backupDays' | 'multiAz'}`
  | 'secrets'
  | 'waf'
  | 'retentionDays';

/** Something to put right, and the cell that it is in. */
export interface TableProblem {
  /** Its place in the order. */
  readonly environment: number;
  readonly setting: Setting;
  readonly message: string;
  /** Nothing was said yet where something has to be. */
  readonly isMissing?: boolean;
}
