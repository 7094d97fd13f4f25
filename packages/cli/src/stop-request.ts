/** Why a run stopped before its end. */
export type StopReason = 'time limit' | 'request';

/** When a run is to stop in an orderly way: at a time, or when somebody says so. */
export class StopRequest {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #asked: AbortSignal | undefined;
  #reason: StopReason = 'request';

  /** @param limit seconds from now */
  constructor(asked: AbortSignal | undefined, limit: number | undefined) {
    this.#asked = asked;
    asked?.addEventListener('abort', this.#ask, { once: true });
    if (asked?.aborted === true) this.#ask();
    if (limit === undefined) return;
    this.#timer = setTimeout(
      () => {
        if (!this.signal.aborted) this.#reason = 'time limit';
        this.#ask();
      },
      Math.min(limit * 1000, LONGEST_TIMER),
    ).unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get reason(): StopReason {
    return this.#reason;
  }

  /** It is over: nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#asked?.removeEventListener('abort', this.#ask);
  }

  readonly #ask = () => this.#controller.abort();
}

/** Milliseconds that a timer can wait: nearly 25 days. */
export const LONGEST_TIMER = 2 ** 31 - 1;
