import { setImmediate } from 'node:timers/promises';
import { type Accounting, type EntryBatch, runPipeline } from '@pwalk/core';
import { finalize, take } from 'rxjs';
import { expect, it } from 'vitest';
import { anyFilter } from '../support/any-filter.js';
import { anySource } from '../support/any-source.js';
import { numberBatch } from '../support/counting-source.js';
import { recordingSink } from '../support/recording-sink.js';

function accountOf(rows: number): Accounting {
  return {
    ...{ read: rows, rows, vanished: 0, excluded: 0 },
    ...{ files: rows, directories: 0, symlinks: 0, other: 0, bytes: null },
    ...{ states: { ok: rows }, clampedTimes: 0 },
  };
}

it.each(['pause', 'spill'] as const)(
  'a filter that had enough ends the run when the source has ended, and the result is partial: overflow %s',
  async (overflow) => {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let leave = () => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const log: string[] = [];
    let read = 0;
    // Reading the fifth batch when the filter has its two, it has counted the rows, and not handed them on.
    const source = anySource(
      async function* () {
        try {
          for (;;) {
            read += 10;
            if (read === 50) {
              begin();
              await left;
              for (let turn = 0; turn < 5; turn++) await setImmediate();
            }
            yield numberBatch(10, read - 10);
          }
        } finally {
          log.push('end of read');
        }
      },
      {
        accounting: () => accountOf(read),
        close: ({ ok }) => {
          log.push(`close source ${ok ? 'ok' : 'failed'}`);
        },
      },
    );
    const waiting = anyFilter({
      filter: {
        map: async (batch: EntryBatch) => {
          await begun;
          return batch;
        },
      },
    });
    const first = anyFilter({
      filter: { pipe: (stream) => stream.pipe(take(2), finalize(leave)) },
    });
    const { rows, matched, accounting, complete } = await runPipeline({
      source,
      filters: [waiting, first],
      sinks: [recordingSink({ log })],
      overflow,
    });
    expect({ rows, matched }).toEqual({ rows: 50, matched: 20 });
    expect({ accounting, complete }).toEqual({ accounting: null, complete: false });
    expect(log).toEqual(['open sink', 'end of read', 'close sink ok', 'close source ok']);
  },
);
