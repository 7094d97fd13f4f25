import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EntryBatch, type PipelineResult, type PipelineSpec, runPipeline } from '@pwalk/core';
import { afterEach, beforeEach, expect } from 'vitest';

/** A directory to spill to for each test of a file: nothing is left there, and no file of it is open. */
export class SpillDirectory {
  path = '';

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), 'pwalk-overflow-'));
    });
    afterEach(() => {
      expect(readdirSync(this.path)).toEqual([]);
      expect(this.files()).toEqual([]);
      rmSync(this.path, { recursive: true });
    });
  }

  /** Files in the directory that this process has open, by its descriptors. */
  files(): string[] {
    return readdirSync('/proc/self/fd')
      .map((fd) => `/proc/self/fd/${fd}`)
      .filter((path) => {
        try {
          return readlinkSync(path).startsWith(this.path);
        } catch {
          return false;
        }
      });
  }

  /** Runs a pipeline that spills to it. */
  run(spec: PipelineSpec): Promise<PipelineResult> {
    return runPipeline({ overflow: 'spill', spillDir: this.path, ...spec });
  }
}

/** A sink that stands still until it is let go, and keeps the numbers of the rows. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const numbers: bigint[] = [];
  const write = async (batch: EntryBatch) => {
    await opened;
    const sizes = batch.column('size');
    for (let row = 0; row < batch.length; row++) numbers.push(sizes.get(row) ?? -1n);
  };
  return { open, opened, numbers, write };
}
