import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { PwalkError } from '@pwalk/core';

/**
 * The bytes of command line arguments. Node decodes arguments as UTF-8 and loses what is not; on
 * Linux the kernel still has them. Arguments that were decoded without loss stay as they are.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` when it cannot be told which of several an argument is
 */
export function exactArguments(decoded: readonly string[]): (string | Buffer)[] {
  if (decoded.every((argument) => !argument.includes('\ufffd'))) return [...decoded];
  const raw = rawArguments();
  const taken = counter();
  return decoded.map((argument) => {
    if (!argument.includes('\ufffd')) return argument;
    const alike = raw.filter((bytes) => bytes.toString('utf8') === argument);
    const wanted = decoded.filter((other) => other === argument).length;
    const [first] = alike;
    if (
      first !== undefined &&
      alike.length > wanted &&
      alike.some((bytes) => !bytes.equals(first))
    ) {
      throw new PwalkError(
        'PWALK_OPTIONS_INVALID',
        `Several arguments read "${argument}" and are not the same bytes; give their paths so that they differ, as from another directory.`,
      );
    }
    return alike[taken(argument)] ?? argument;
  });
}

/** Counts how often each text was asked for before. */
function counter(): (text: string) => number {
  const counts = new Map<string, number>();
  return (text) => {
    const count = counts.get(text) ?? 0;
    counts.set(text, count + 1);
    return count;
  };
}

/** False for (the end of) a command line argument that Node could not decode without loss. */
export function isExact(decoded: string): boolean {
  if (!decoded.includes('\ufffd')) return true;
  return !rawArguments().some(
    (bytes) => !isUtf8(bytes) && bytes.toString('utf8').endsWith(decoded),
  );
}

/** Those of the command as it was called: one that runs in a child was given them decoded. */
function rawArguments(): Buffer[] {
  let bytes: Buffer;
  try {
    const caller = process.env.PWALK_SUPERVISED === undefined ? 'self' : process.ppid;
    bytes = readFileSync(`/proc/${caller}/cmdline`);
  } catch {
    return [];
  }
  const list: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    list.push(bytes.subarray(start, end < 0 ? bytes.length : end));
    start = end < 0 ? bytes.length : end + 1;
  }
  return list;
}
