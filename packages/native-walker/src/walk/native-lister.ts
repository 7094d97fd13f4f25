import { PwalkError } from '@pwalk/core';
import type { Lister, Listing, Visit } from './lister.js';
import { decodePath } from './surrogate-escape.js';
import { WalkError } from './walk-error.js';

export interface NativeListerOptions {
  readonly top: Uint8Array;
  /** Whether directories are entered that turn out to be symbolic links; the top always is. */
  readonly enterLinks: boolean;
  /** Threads that may read for this walk at a time, 1 to 1024. */
  readonly threads: number;
  /** Directories read ahead and not delivered; 0: none is. */
  readonly window: number;
  /** Bytes of their names. Default 32 MiB. */
  readonly windowBytes?: number;
  /** Read ahead also where directory times may lie. */
  readonly trustAll: boolean;
  readonly skipNames: readonly Uint8Array[];
}

/** Positions in the answer, as in `lister_object.cpp`. */
const STEP = 0;
const ERROR = 1;
const DIRECTORIES = 2;
const OTHERS = 3;
const LINKS = 4;
export const ANSWER_LENGTH = 5;

const steps = { listed: 0, isLink: 1, failed: 2, pending: 3, closed: 4 } as const;

/** The addon's lister. What a visit came to stands in the Int32Array that it was made with. */
export interface NativeListerHandle {
  /** All names, each followed by a slash, directories first; null when there are none to be had (yet). */
  visit(depth: number, name: string | Uint8Array): string | Buffer | null;
  visitSync(depth: number, name: string | Uint8Array): string | Buffer | null;
  /** After a visit that is pending: once more. */
  resume(): string | Buffer | null;
  /** Resolves when `resume()` may know more. @throws Error while another call is pending */
  wait(): Promise<void>;
  linkedDirectories(): number[];
  replan(depth: number, names: readonly (string | Uint8Array)[]): void;
  close(): Promise<void>;
  closeSync(): void;
  progress(): { ahead: number; aheadBytes: number; busyThreads: number };
}

export interface ListerBinding {
  /** Names as text, or as bytes. @throws TypeError or RangeError that names the option */
  startLister(
    options: NativeListerOptions & { readonly asBytes: boolean },
    answer: Int32Array,
  ): NativeListerHandle;
}

const noLinks: readonly number[] = [];

/** What the native listers of both encodings share: reading the answer. */
abstract class NativeLister<Name extends string | Buffer> implements Lister<Name> {
  readonly #handle: NativeListerHandle;
  readonly #answer = new Int32Array(ANSWER_LENGTH);

  constructor(binding: ListerBinding, options: NativeListerOptions, asBytes: boolean) {
    this.#handle = binding.startLister({ ...options, asBytes }, this.#answer);
  }

  protected abstract text(path: Name): string;
  /** As many names as the array has room for, from a position on; returns the position after them. */
  protected abstract split(names: string | Buffer, from: number, into: Name[]): number;

  visit(depth: number, path: Name, name: Name): Visit<Name> | Promise<Visit<Name>> {
    const names = this.#handle.visit(depth, name);
    return this.#answer[STEP] === steps.pending ? this.#later(path) : this.#read(names, path);
  }

  async #later(path: Name): Promise<Visit<Name>> {
    for (;;) {
      await this.#handle.wait();
      const names = this.#handle.resume();
      if (this.#answer[STEP] !== steps.pending) return this.#read(names, path);
    }
  }

  visitSync(depth: number, path: Name, name: Name): Visit<Name> {
    return this.#read(this.#handle.visitSync(depth, name), path);
  }

  #read(names: string | Buffer | null, path: Name): Visit<Name> {
    const answer = this.#answer;
    if (names === null) {
      if (answer[STEP] === steps.isLink) return null;
      if (answer[STEP] === steps.failed) return new WalkError(answer[ERROR], this.text(path));
      throw new PwalkError('PWALK_CANCELLED', 'The walk was cancelled.');
    }
    // Arrays of their final length take half of the time of those that grow.
    const dirnames = new Array<Name>(answer[DIRECTORIES]);
    const filenames = new Array<Name>(answer[OTHERS]);
    this.split(names, this.split(names, 0, dirnames), filenames);
    const linked = answer[LINKS] === 0 ? noLinks : this.#handle.linkedDirectories();
    return { dirnames, filenames, linked } satisfies Listing<Name>;
  }

  replan(depth: number, names: readonly Name[]): void {
    this.#handle.replan(depth, names);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  closeSync(): void {
    this.#handle.closeSync();
  }
}

export class NativeTextLister extends NativeLister<string> {
  constructor(binding: ListerBinding, options: NativeListerOptions) {
    super(binding, options, false);
  }

  protected text(path: string): string {
    return path;
  }

  /** A loop of `indexOf` and `slice` takes half of the time of `split('/')`, and copies nothing. */
  protected split(text: string, from: number, into: string[]): number {
    let at = from;
    for (let index = 0; index < into.length; index++) {
      const end = text.indexOf('/', at);
      into[index] = text.slice(at, end);
      at = end + 1;
    }
    return at;
  }
}

export class NativeBytesLister extends NativeLister<Buffer> {
  constructor(binding: ListerBinding, options: NativeListerOptions) {
    super(binding, options, true);
  }

  protected text(path: Buffer): string {
    return decodePath(path);
  }

  protected split(bytes: Buffer, from: number, into: Buffer[]): number {
    let at = from;
    for (let index = 0; index < into.length; index++) {
      const end = bytes.indexOf(0x2f, at);
      into[index] = bytes.subarray(at, end);
      at = end + 1;
    }
    return at;
  }
}
