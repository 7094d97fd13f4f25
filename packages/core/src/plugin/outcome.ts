import type { Accounting } from '../accounting/accounting.js';
import type { PwalkError } from '../errors/pwalk-error.js';

/** What a run came to that did not fail. */
export interface Success {
  readonly ok: true;
  /** Null when the source keeps no account, or a filter ended the stream before the source did. */
  readonly accounting: Accounting | null;
  readonly complete: boolean;
  /**
   * The source was asked to end early or to begin in the middle, or a filter had enough: of what is left there is no
   * row. @default false
   */
  readonly isPartial?: boolean;
  readonly finishedAt: Date;
}

/** How a run ended, as `close` is told. */
export type Outcome = Success | { readonly ok: false; readonly error: PwalkError };

export type MaybePromise<T> = T | PromiseLike<T>;

/**
 * `close` is called exactly once for every stage whose `open` was called and did not throw (a stage
 * without `open` counts as opened), in reverse order of opening, on success, failure and cancel
 * alike. With `ok: true` it publishes, otherwise it discards. When it throws on success the run
 * fails; the remaining stages are still closed, with the outcome the stream had.
 */
export interface Closable {
  close?(outcome: Outcome): MaybePromise<void>;
}
