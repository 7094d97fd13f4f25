import { fileURLToPath } from 'node:url';
import { escapeText, PwalkError } from '@pwalk/core';
import { encodePath } from './surrogate-escape.js';

/** What `walk()` takes as its top. */
export type WalkTop = string | Uint8Array | URL | { toString(): string };

/** The bytes of the path to walk. */
export function topBytes(top: unknown): Buffer {
  const bytes = bytesOf(top);
  if (bytes.includes(0)) throw badTop(`"${escapeText(bytes)}"`, 'a path without NUL characters');
  return bytes;
}

function bytesOf(top: unknown): Buffer {
  if (top instanceof Uint8Array) return Buffer.from(top);
  if (typeof top === 'string') return textBytes(top);
  if (top instanceof URL) return textBytes(pathOfUrl(top));
  if (typeof top === 'object' && top !== null && !Array.isArray(top) && hasText(top)) {
    return textBytes(top.toString());
  }
  throw badTop(
    top === null ? 'null' : typeof top === 'object' ? 'an object without toString()' : String(top),
    'a string, a Buffer, a file: URL or an object whose toString() gives a path',
  );
}

function hasText(value: object): boolean {
  return typeof value.toString === 'function' && value.toString !== Object.prototype.toString;
}

function textBytes(text: string): Buffer {
  try {
    return encodePath(text);
  } catch {
    throw badTop(`"${escapeText(text)}"`, 'a path that can be encoded');
  }
}

function pathOfUrl(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw badTop(`the URL "${escapeText(url.href)}"`, 'a file: URL of this machine');
  }
}

function badTop(shown: string, expected: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', `Cannot walk ${shown}; give ${expected}.`);
}
