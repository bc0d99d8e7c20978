/** What a command needs of the world, so that tests can stand in for it. */
export interface Surroundings {
  readonly write: (text: string) => void;
  readonly now: () => Date;
  readonly readStdin: () => Promise<Buffer>;
  /** Decided by a command: 0 or 1. */
  setExitCode(code: 0 | 1): void;
}
