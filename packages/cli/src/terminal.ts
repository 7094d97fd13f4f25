import { escapeMessage } from '@pwalk/core';

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
