import type { Answer, Exchange, Stream } from '../request';

/**
 * A cluster that is held to the recordings: the playground's, or a real one. It has the recorded objects, and an account with the
 * rights of the recorded one.
 */
export interface ConformanceTarget {
  send(exchange: Exchange): Promise<Answer>;

  /** Opens a watch; resolves with its headers. Whoever opened it closes it. */
  watch(path: string): Promise<Stream>;

  /** The version that a list names now. */
  version(path: string): Promise<string>;

  /** Changes an object that is no Pod. */
  changeElsewhere(): Promise<void>;

  /** Ends the API server and starts it again with what it held. */
  restart(): Promise<void>;

  /** Lets so much of the server's time pass. */
  pass(milliseconds: number): Promise<void>;

  /** Resolves once the condition holds; gives up when that takes longer than such an answer ever does, beyond `withinMs` of the server's time. */
  until(condition: () => boolean, withinMs?: number): Promise<void>;

  /** By recording: the fields, as paths without indices, that no controller of this target writes. */
  readonly notWritten: Readonly<Record<string, readonly string[]>>;

  /** Whether a kind of the recorded discovery is served; as `group/version/plural`, for the core group `/v1/pods`. */
  serves(resource: string): boolean;

  /** Whether a kind is served that the recorded discovery does not have; none where it is absent. */
  readonly servesBeyond?: (resource: string) => boolean;
}
