import { collectYoung } from '../memory/young-collection.js';
import type { EntryBatch } from './entry-batch.js';

/** Slabs are rounded up to this, so that one serves batches of slightly different sizes. */
const GRANULE = 128 * 1024;

/** Bytes of new slabs after which the dead ones among them are to be collected. */
const NURSERY_BYTES = 2 * 1024 * 1024;

/**
 * Where a source that makes batches over shared memory has it from, a slab for each: new ones, or, when the
 * pipeline lets go of acknowledged batches, those of earlier batches. Using them again saves the page faults, the
 * zeroing and the garbage of new ones, about a tenth of a scan's time.
 */
export class SlabPool {
  readonly #reuses: boolean;
  readonly #idle: SharedArrayBuffer[] = [];
  readonly #slabs = new WeakMap<EntryBatch, SharedArrayBuffer>();
  #newBytes = 0;

  /** @param reuses slabs that are given back are used again: `SourceContext.reusesMemory` */
  constructor(reuses: boolean) {
    this.#reuses = reuses;
  }

  /** A slab of at least that many bytes, and whether it is new. */
  take(bytes: number): { slab: SharedArrayBuffer; isNew: boolean } {
    const idle = this.#idle.pop();
    if (idle !== undefined && idle.byteLength >= bytes) return { slab: idle, isNew: false };
    const size = this.#reuses ? Math.ceil(bytes / GRANULE) * GRANULE : bytes;
    this.#newBytes += size;
    if (this.#newBytes > NURSERY_BYTES) {
      this.#newBytes = 0;
      collectYoung();
    }
    return { slab: new SharedArrayBuffer(size), isNew: true };
  }

  /** Remembers which slab a batch was made over. */
  lend(slab: SharedArrayBuffer, batch: EntryBatch): void {
    if (this.#reuses) this.#slabs.set(batch, slab);
  }

  /** Takes the slab of an acknowledged batch back. */
  giveBack(batch: EntryBatch): void {
    const slab = this.#slabs.get(batch);
    if (slab !== undefined) this.#idle.push(slab);
  }
}
