import { escapeMessage } from '@pwalk/core';
import type { ProgressLine } from './progress-line.js';
import type { ReportProgress } from './report-progress.js';

/**
 * Tells the user something on standard error: one line, nothing in which commands the terminal, and
 * below it the lines of an excerpt.
 */
export function tell(message: string, excerpt: readonly string[] = []): void {
  process.stderr.write(`pwalk: ${escapeMessage(message)}\n`);
  for (const line of excerpt) process.stderr.write(`  ${escapeMessage(line)}\n`);
}

/** Prints text of several lines, a summary or a plan, with the same care. */
export function print(text: string, stream: NodeJS.WritableStream): void {
  stream.write(`${text.split('\n').map(escapeMessage).join('\n')}\n`);
}

/** True where data goes to standard output, by whatever name: the summary does not then. */
export async function takesStdout(paths: readonly string[]): Promise<boolean> {
  const { outputDescriptor } = await import('@pwalk/core/io');
  return (await Promise.all(paths.map(outputDescriptor))).includes(1);
}

/** The line of progress; null where nobody would see it, or the data goes to the same terminal. */
export async function progressLine(isStdoutTaken: boolean) {
  if (!process.stderr.isTTY || (isStdoutTaken && process.stdout.isTTY)) return null;
  const { ProgressLine } = await import('./progress-line.js');
  return ProgressLine.on(process.stderr);
}

/** What a run says while it goes on: its warnings, for which the line of progress makes way. */
export function narration(line: ProgressLine | null, isQuiet: boolean) {
  return {
    onWarning: (message: string) => {
      line?.clear();
      if (!isQuiet) tell(message);
    },
    onProgress: line === null ? undefined : (progress: ReportProgress) => line.show(progress),
  };
}
