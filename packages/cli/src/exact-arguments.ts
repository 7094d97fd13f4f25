import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

/**
 * The bytes of command line arguments. Node decodes arguments as UTF-8 and loses what is not; on
 * Linux the kernel still has them. Arguments that were decoded without loss stay as they are.
 */
export function exactArguments(decoded: readonly string[]): (string | Buffer)[] {
  if (decoded.every((argument) => !argument.includes('\ufffd'))) return [...decoded];
  const raw = rawArguments();
  return decoded.map((argument) => {
    if (!argument.includes('\ufffd')) return argument;
    const at = raw.findIndex((bytes) => bytes.toString('utf8') === argument);
    return at < 0 ? argument : (raw.splice(at, 1)[0] ?? argument);
  });
}

/** False for (the end of) a command line argument that Node could not decode without loss. */
export function isExact(decoded: string): boolean {
  if (!decoded.includes('\ufffd')) return true;
  return !rawArguments().some(
    (bytes) => !isUtf8(bytes) && bytes.toString('utf8').endsWith(decoded),
  );
}

function rawArguments(): Buffer[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync('/proc/self/cmdline');
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
