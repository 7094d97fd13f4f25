import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { PwalkError } from '@pwalk/core';

/**
 * Arguments are bytes, and Node decodes them as UTF-8 and loses what is not. On Linux the kernel still
 * has them, so before anything parses them they become text that loses nothing: each byte that is not
 * part of UTF-8 is a lone surrogate, U+DC80 to U+DCFF, as PEP 383 has it. Decoded text has none.
 */
export function losslessArguments(decoded: readonly string[]): string[] {
  if (decoded.every((argument) => !argument.includes('\ufffd'))) return [...decoded];
  const raw = rawArguments().slice(-decoded.length);
  return decoded.map((argument, at) => {
    const bytes = raw[at];
    return bytes?.toString('utf8') === argument ? lossless(bytes) : argument;
  });
}

/** The bytes of arguments, or of parts of them; those that are UTF-8 stay text. */
export function exactArguments(lossless: readonly string[]): (string | Buffer)[] {
  return lossless.map((text) => (isExact(text) ? text : bytesOf(text)));
}

/** False for an argument, or a part of one, that is not UTF-8. */
export function isExact(lossless: string): boolean {
  return !/[\udc80-\udcff]/u.test(lossless);
}

/**
 * Refuses what something else would be made or looked for under.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export function checkExact(texts: readonly (string | undefined)[], sentence: string): void {
  if (texts.every((text) => isExact(text ?? ''))) return;
  throw new PwalkError('PWALK_OPTIONS_INVALID', sentence);
}

function lossless(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const size = [1, 2, 3, 4].find(
      (length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)),
    );
    text +=
      size === undefined
        ? String.fromCharCode(0xdc00 + bytes[at])
        : bytes.toString('utf8', at, at + size);
    at += size ?? 1;
  }
  return text;
}

function bytesOf(lossless: string): Buffer {
  return Buffer.concat(
    Array.from(lossless, (character) =>
      isExact(character) ? Buffer.from(character) : Buffer.of(character.charCodeAt(0) & 0xff),
    ),
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
