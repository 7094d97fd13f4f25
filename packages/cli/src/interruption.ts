/**
 * What the user's and the system's signals do. The first asks the run to stop: its `signal` aborts,
 * unfinished outputs are discarded, and the command ends with the status of the signal. A second one
 * ends the process at once. Loaded before anything else, and loads nothing itself.
 */
class Interruption {
  readonly #controller = new AbortController();
  #exitCode: number | null = null;

  /** Aborts on the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 128 and the number of the signal that came; null when none did. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  listen(): void {
    const statuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
    for (const [name, status] of Object.entries(statuses)) {
      process.on(name, () => {
        if (this.#exitCode !== null) process.exit(status);
        this.#exitCode = status;
        this.#controller.abort(new Error(`${name} came`));
      });
    }
    // Schedulers send it as a warning, and Node would open a debugger port on it.
    process.on('SIGUSR1', () => {});
  }
}

export const interruption = new Interruption();
interruption.listen();
