/**
 * How a batch ended, from best to worst; of several branches the worst counts.
 * - `delivered`: every branch took it (a filter that dropped all rows took it, too);
 * - `skipped`: a branch refused it and the pipeline goes on without it (`onError: 'skip-batch'`);
 * - `failed`: a branch refused it and the pipeline ends.
 */
export type Acknowledgement = 'delivered' | 'skipped' | 'failed';

const rank: Record<Acknowledgement, number> = { delivered: 0, skipped: 1, failed: 2 };

/** One holder's part in a lease. Settling twice is ignored. */
export interface Claim {
  settle(status: Acknowledgement): void;
}

/**
 * Counts who still works on a batch. While anybody holds a claim the batch takes one of the
 * pipeline's credits, so the source is not asked for more than the credits allow.
 *
 * The gate that delivers the batch holds the first claim during `next()`. When the last claim is
 * settled the batch is acknowledged, once, with the worst status. A claim made later still
 * (an operator held the batch back without claiming, as `bufferCount` does) takes a credit again:
 * that restores backpressure, and never stalls.
 */
export class Lease {
  readonly #taken: () => void;
  readonly #returned: () => void;
  readonly #acknowledge: (status: Acknowledgement) => void;
  #claims = 0;
  #acknowledged = false;
  #worst: Acknowledgement = 'delivered';

  /**
   * @param taken called when the lease takes a credit
   * @param returned called when it gives the credit back
   * @param acknowledge called once, when the last claim is settled for the first time; must not throw
   */
  constructor(
    taken: () => void,
    returned: () => void,
    acknowledge: (status: Acknowledgement) => void,
  ) {
    this.#taken = taken;
    this.#returned = returned;
    this.#acknowledge = acknowledge;
  }

  claim(): Claim {
    if (this.#claims++ === 0) this.#taken();
    let open = true;
    return {
      settle: (status) => {
        if (!open) return;
        open = false;
        if (rank[status] > rank[this.#worst]) this.#worst = status;
        if (--this.#claims > 0) return;
        this.#returned();
        if (this.#acknowledged) return;
        this.#acknowledged = true;
        this.#acknowledge(this.#worst);
      },
    };
  }
}

/** Claims the batch for as long as somebody works on it; a batch nobody waits for gives an empty claim. */
export function claim(batch: { readonly lease: Lease | null }): Claim {
  return batch.lease?.claim() ?? { settle: () => {} };
}
