import type { WalkProgress } from './traversal.js';

/** Milliseconds between two reports. */
const INTERVAL = 100;

/** Tells the caller how far a walk has come: between steps, seldom enough to cost nothing. */
export class ProgressReporter {
  readonly #report: ((progress: WalkProgress) => void) | undefined;
  readonly #traversal: { readonly progress: WalkProgress };
  #due = performance.now() + INTERVAL;

  constructor(
    report: ((progress: WalkProgress) => void) | undefined,
    traversal: { readonly progress: WalkProgress },
  ) {
    this.#report = report;
    this.#traversal = traversal;
  }

  tick(): void {
    if (this.#report === undefined) return;
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + INTERVAL;
    this.#report(this.#traversal.progress);
  }

  end(): void {
    this.#report?.(this.#traversal.progress);
  }
}
