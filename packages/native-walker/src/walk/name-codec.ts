import { escapeText, PwalkError } from '@pwalk/core';
import type { Lister } from './lister.js';
import {
  type ListerBinding,
  NativeBytesLister,
  type NativeListerOptions,
  NativeTextLister,
} from './native-lister.js';
import { decodePath, encodePath } from './surrogate-escape.js';

/** A path or name: text, or bytes with `encoding: 'buffer'`. */
export type WalkName = string | Buffer;

/** Paths and names in one of the two encodings. */
export interface NameCodec<Name extends WalkName> {
  fromBytes(bytes: Buffer): Name;
  toBytes(name: Name): Buffer;
  /** As Python's `os.path.join`: an absolute name stands for itself. */
  join(directory: Name, name: Name): Name;
  /** The name as it is, checked: a caller may have put anything into `dirnames`. */
  check(name: unknown): Name;
  /** The native lister that speaks it. */
  createLister(binding: ListerBinding, options: NativeListerOptions): Lister<Name>;
}

/** NUL, and lone surrogates that stand for no byte. */
const inNoName = /\0|[\ud800-\udc7f\udd00-\udfff]/u;

export const textCodec: NameCodec<string> = {
  fromBytes: decodePath,
  toBytes: encodePath,
  join(directory, name) {
    if (name.startsWith('/') || directory === '') return name;
    return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
  },
  check(name) {
    if (typeof name === 'string' && !inNoName.test(name)) return name;
    throw badName(name, 'a string that a name can decode to');
  },
  createLister: (binding, options) => new NativeTextLister(binding, options),
};

const slash = Buffer.from('/');

export const bytesCodec: NameCodec<Buffer> = {
  fromBytes: (bytes) => bytes,
  toBytes: (name) => name,
  join(directory, name) {
    if (name[0] === 0x2f || directory.length === 0) return name;
    const between = directory.at(-1) === 0x2f ? [] : [slash];
    return Buffer.concat([directory, ...between, name]);
  },
  check(name) {
    if (Buffer.isBuffer(name) && !name.includes(0)) return name;
    throw badName(name, 'a Buffer without NUL bytes');
  },
  createLister: (binding, options) => new NativeBytesLister(binding, options),
};

function badName(name: unknown, expected: string): PwalkError {
  const shown = name instanceof Uint8Array ? escapeText(name) : escapeText(String(name));
  return new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `"${shown}" was put among the directory names to enter; each must be ${expected}.`,
  );
}
