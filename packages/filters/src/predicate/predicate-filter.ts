import type { EntryBatch, EntrySchema, MapFilter, StageContext } from '@pwalk/core';
import { compile, type Narrow } from './compile.js';
import type { Predicate } from './predicate.js';

/** What a filter is to keep, said when it is opened: then the schema and the start of the run are known. */
export type Decide = (schema: EntrySchema, ctx: StageContext) => Predicate | Promise<Predicate>;

/** A filter that keeps the rows that are as a predicate says. Columns only: no row becomes an object. */
export class PredicateFilter implements MapFilter {
  readonly #decide: Decide;
  #narrow: Narrow = () => {};

  constructor(decide: Decide) {
    this.#decide = decide;
  }

  async open(schema: EntrySchema, ctx: StageContext): Promise<void> {
    this.#narrow = await compile(await this.#decide(schema, ctx), schema);
  }

  map(batch: EntryBatch): EntryBatch {
    const mask = new Uint8Array(batch.length).fill(1);
    this.#narrow(batch, mask);
    return batch.select(mask);
  }
}
