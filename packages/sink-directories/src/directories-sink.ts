import {
  type EntryBatch,
  type EntrySchema,
  type Outcome,
  type Output,
  PwalkError,
  type Sink,
  type SinkContext,
  type Success,
} from '@pwalk/core';
import { directoriesSchema } from './directories-table.js';
import { hardLinksSchema } from './hard-links-table.js';
import { directories, hardLinks } from './tables.js';
import { TotalsCollector } from './totals-collector.js';

/** Sinks that the tables are given to, as if they were batches of a scan. */
export interface TableSinks {
  readonly directories?: Sink | undefined;
  readonly hardLinks?: Sink | undefined;
}

/**
 * Makes the `directories` and `hard_links` tables out of the entries that come by and hands them to other
 * sinks, of any format, at the end: what is appended during the walk are sums, in any order.
 *
 * Memory is an eighth of the pipeline's and 32 MiB at most, and in the end what grows with the depth of the
 * tree; beyond that it is files without a name in the directory for temporary files.
 */
export class DirectoriesSink implements Sink {
  readonly #to: TableSinks;
  #collector: TotalsCollector | null = null;

  constructor(to: TableSinks) {
    this.#to = to;
  }

  async open(_schema: EntrySchema, ctx: SinkContext): Promise<void> {
    const opened: Sink[] = [];
    try {
      for (const [sink, schema] of this.#tables()) {
        await sink.open?.(schema, ctx);
        opened.push(sink);
      }
    } catch (error) {
      // Whoever opened them does not know of them, and closes nothing.
      const outcome = { ok: false, error: PwalkError.from(error, 'directories', 'open') } as const;
      for (const sink of opened) await sink.close?.(outcome);
      throw error;
    }
    this.#collector = new TotalsCollector(ctx.memory, ctx.scan.rootBytes);
  }

  async write(batch: EntryBatch): Promise<void> {
    await this.#collector?.add(batch);
  }

  async flush(outcome: Success, ctx: SinkContext): Promise<void> {
    const collector = this.#collector;
    if (collector === null) return;
    const { directories: totals, hardLinks: links } = this.#to;
    // One after the other: what encoding a table takes is given back before the next.
    if (links !== undefined) {
      await pour(hardLinks(collector), links, ctx);
      await links.flush?.(outcome, ctx);
    }
    if (totals !== undefined) {
      await pour(await directories(collector, outcome.isPartial ?? false), totals, ctx);
      await totals.flush?.(outcome, ctx);
    }
  }

  async close(outcome: Outcome): Promise<void> {
    this.#collector?.close();
    this.#collector = null;
    const failures: unknown[] = [];
    for (const [sink] of this.#tables()) {
      try {
        await sink.close?.(outcome);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  outputs(): readonly Output[] {
    const of = (sink: Sink | undefined, table: string) =>
      (sink?.outputs?.() ?? []).map((output) => ({ ...output, table }));
    return [...of(this.#to.directories, 'directories'), ...of(this.#to.hardLinks, 'hard_links')];
  }

  #tables(): (readonly [Sink, EntrySchema])[] {
    const { directories: totals, hardLinks: links } = this.#to;
    return [
      ...(totals === undefined ? [] : [[totals, directoriesSchema] as const]),
      ...(links === undefined ? [] : [[links, hardLinksSchema] as const]),
    ];
  }
}

/** Hands batches on, one after the other, for as long as the run is not given up. */
async function pour(batches: Iterable<EntryBatch>, to: Sink, ctx: SinkContext): Promise<void> {
  for (const batch of batches) {
    ctx.signal.throwIfAborted();
    await to.write(batch, ctx);
  }
}
