// Listens to standard output as soon as it is loaded, and throws: so it is loaded first.
import '@oclif/core/command';
import { exitCodes } from '@pwalk/core';
import { tell } from './terminal.js';

/**
 * What becomes of a command when standard output cannot be written. `| head` closes the pipe: that is
 * the reader's right, and ends us quietly. Anything else is said, once.
 */
export class StandardOutput {
  /** The command goes on when writing fails: it has other outputs, or files to take away. */
  #carriesOn: boolean;
  #isTold = false;
  #failure: Error | null = null;

  constructor(carriesOn: boolean) {
    this.#carriesOn = carriesOn;
    process.stdout.removeAllListeners('error');
    process.stdout.on('error', (error) => this.#failed(error));
  }

  /**
   * The command is over, and what is still to be written is its summary.
   * @param isTold it failed, and has said why
   */
  over(isTold: boolean): void {
    this.#carriesOn = false;
    this.#isTold = isTold;
    this.#tell();
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (error.code !== 'EPIPE') this.#failure = error;
    if (this.#carriesOn) return;
    this.#tell();
    process.exit();
  }

  #tell(): void {
    if (this.#failure === null || this.#isTold) return;
    this.#isTold = true;
    tell(`Writing standard output failed: ${this.#failure.message}.`);
    process.exitCode = exitCodes.output;
  }
}
