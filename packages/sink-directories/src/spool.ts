import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { escapeText, PwalkError } from '@pwalk/core';
import { reasonOf } from '@pwalk/core/io';
import { type Combine, MergedCursor } from './merge.js';
import { type Cursor, type Run, RunReader, RunWriter } from './run-file.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/** Runs of one generation that are merged into one of the next: so many are read at once, and open. */
const FAN_IN = 16;

/** Bytes of records, and for each of them so many more, after which others get their turn. */
const TURN = 4 * 1024 * 1024;
const RECORD = 128;

/**
 * Sorted runs on disk, in files without a name in the directory for temporary files: they are gone with the
 * process. Sixteen runs are merged into one, so that few are open however many there are.
 */
export class Spool {
  readonly #words: number;
  readonly #combine: Combine | null;
  /** By generation; a run of generation n has been merged n times. */
  readonly #generations: Run[][] = [];

  constructor(words: number, combine: Combine | null) {
    this.#words = words;
    this.#combine = combine;
  }

  /** Writes what a cursor goes through as a run. @throws PwalkError `PWALK_OUTPUT_WRITE` */
  async add(records: Cursor): Promise<void> {
    await this.#keep(records, 0);
    for (let generation = 0; (this.#generations[generation]?.length ?? 0) >= FAN_IN; generation++) {
      const runs = this.#generations[generation] ?? [];
      await this.#keep(this.#merged(runs), generation + 1);
      this.#generations[generation] = [];
      for (const { fd } of runs) closeSync(fd);
    }
  }

  /** A cursor for every run; each call gives others. */
  cursors(): Cursor[] {
    return this.#generations.flat().map((run) => new RunReader(run, this.#words));
  }

  close(): void {
    for (const { fd } of this.#generations.splice(0).flat()) closeSync(fd);
  }

  #merged(runs: readonly Run[]): Cursor {
    const readers = runs.map((run) => new RunReader(run, this.#words));
    return new MergedCursor(readers, this.#words, this.#combine);
  }

  async #keep(records: Cursor, generation: number): Promise<void> {
    const fd = openNameless();
    try {
      const writer = new RunWriter(fd);
      await writeRun(writer, records);
      this.#generations[generation] ??= [];
      this.#generations[generation].push(writer.finish());
    } catch (cause) {
      closeSync(fd);
      throw spoolFailure(cause);
    }
  }
}

/** Writes all records of a cursor, and lets others have their turn meanwhile. */
export async function writeRun(writer: RunWriter, records: Cursor): Promise<number> {
  let count = 0;
  let work = 0;
  while (records.next()) {
    writer.add(records);
    count++;
    work += RECORD + records.end - records.start;
    if (work < TURN) continue;
    work = 0;
    await setImmediate();
  }
  return count;
}

function openNameless(): number {
  const name = join(tmpdir(), `pwalk-totals-${randomBytes(12).toString('hex')}`);
  try {
    const fd = openSync(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      unlinkSync(name);
    } catch (cause) {
      closeSync(fd);
      throw cause;
    }
    return fd;
  } catch (cause) {
    throw spoolFailure(cause);
  }
}

function spoolFailure(cause: unknown): unknown {
  // Of a run that is not what was written: that is not for want of space.
  if (cause instanceof PwalkError || cause instanceof RangeError) return cause;
  return new PwalkError(
    'PWALK_OUTPUT_WRITE',
    `Totals that do not fit in memory cannot be kept in "${escapeText(tmpdir())}": ${reasonOf(cause)}; free some space, or set TMPDIR to another directory.`,
    { path: tmpdir(), cause },
  );
}
