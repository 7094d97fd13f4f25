/**
 * What the user's and the system's signals do. The first asks the run to stop: its `signal` aborts,
 * unfinished outputs are discarded, and the command ends with the status of the signal. A run that can
 * be resumed is asked by `stop` instead, also by SIGUSR1, and keeps what it has. A second signal ends
 * the process at once. Loaded before anything else, and loads nothing itself.
 */
class Interruption {
  readonly #controller = new AbortController();
  readonly #stop = new AbortController();
  #isResumable = false;
  #exitCode: number | null = null;

  /** Aborts on the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts on the first signal, once `canResume` was called. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** 128 and the number of the signal that came; null when none did. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** From now on the run keeps what it has when it is stopped. */
  canResume(): void {
    this.#isResumable = true;
    // It came too early to be told.
    if (this.#exitCode !== null) this.#stop.abort();
  }

  /** The run got to its end all the same. */
  settle(): void {
    this.#exitCode = null;
  }

  listen(): void {
    const statuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
    for (const [name, status] of Object.entries(statuses)) {
      process.on(name, () => {
        if (this.#exitCode !== null || this.#stop.signal.aborted) process.exit(status);
        this.#exitCode = status;
        if (this.#isResumable) this.#stop.abort();
        else this.#controller.abort(new Error(`${name} came`));
      });
    }
    // Schedulers send it as a warning, and Node would open a debugger port on it.
    process.on('SIGUSR1', () => {
      if (!this.#isResumable) return;
      if (this.#stop.signal.aborted) process.exit(RESUMABLE);
      this.#stop.abort();
    });
  }
}

/** The status of a run that stopped at a limit and can be resumed, as in `exitCodes`. */
const RESUMABLE = 75;

export const interruption = new Interruption();
interruption.listen();
