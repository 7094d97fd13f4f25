import type { WriteStream } from 'node:tty';
import { formatSize, groupDigits } from '@pwalk/core';
import type { ReportProgress } from './report-progress.js';

/** Least milliseconds between two redraws. */
const INTERVAL = 100;
const USUAL_COLUMNS = 80;

/**
 * One line at the bottom of a terminal that says how far a run is. It is redrawn in place ten times a
 * second at most, and cut to the terminal's width of the moment; it holds figures and no names. Whoever
 * prints something else clears it first.
 *
 * Libraries for progress draw bars, which need a total: a walk mostly has none.
 */
export class ProgressLine {
  readonly #stream: WriteStream;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isShown = false;

  private constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /** The line of a stream; null where that is no terminal, or one that cannot redraw a line. */
  static on(stream: NodeJS.WriteStream): ProgressLine | null {
    return stream.isTTY && process.env.TERM !== 'dumb' ? new ProgressLine(stream) : null;
  }

  show(progress: ReportProgress): void {
    const now = performance.now();
    if (now - this.#drawnAt < INTERVAL) return;
    this.#drawnAt = now;
    this.#isShown = true;
    // A terminal may not know its width. Its last column stays free: some go to the next line after it.
    const columns = this.#stream.columns || USUAL_COLUMNS;
    this.#stream.write(`\r${progressText(progress, columns - 1)}\x1b[K`);
  }

  clear(): void {
    if (this.#isShown) this.#stream.write('\r\x1b[K');
    this.#isShown = false;
  }
}

/** The figures that fit into so many columns, those left out first that matter least. */
export function progressText(progress: ReportProgress, columns: number): string {
  const { entries, entriesPerSecond, queuedDirectories, errors, secondsLeft, overflowBytes } =
    progress;
  const parts = [
    { text: `${groupDigits(entries)} entries`, matters: 6 },
    { text: `${groupDigits(Math.round(entriesPerSecond))}/s`, matters: 4 },
    { text: `${groupDigits(queuedDirectories)} directories queued`, matters: 1 },
    { text: `${groupDigits(errors)} errors`, matters: errors > 0 ? 5 : 0 },
    ...(overflowBytes === 0
      ? []
      : [{ text: `${formatSize(overflowBytes)} to be written`, matters: 3 }]),
    ...(secondsLeft === null ? [] : [{ text: `${duration(secondsLeft)} left`, matters: 2 }]),
  ];
  const line = () => parts.map(({ text }) => text).join(', ');
  while (line().length > columns && parts.length > 1) {
    const least = Math.min(...parts.map(({ matters }) => matters));
    parts.splice(
      parts.findIndex(({ matters }) => matters === least),
      1,
    );
  }
  return line().slice(0, Math.max(0, columns));
}

/** `1:02:03`, `2:03` or `0:03`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
