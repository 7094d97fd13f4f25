import type { Field } from '../schema/field.js';

/** What a stage may do to the world outside its own output. A declaration for the user, not a sandbox. */
export type Effect = (typeof effects)[number];

export const effects = [
  'fs:write',
  'fs:chmod',
  'fs:chown',
  'fs:delete',
  'process:exec',
  'net:connect',
] as const;

/**
 * What a stage reads, adds and does: one manifest that drives what the source is asked for, what
 * the engine refuses, what is documented and which conformance tests run.
 */
export interface Capabilities {
  /**
   * Columns it reads. `'all'`: whatever the scan has; `'*'` in a list is that too, as `['*', 'owner']`.
   * @default []
   */
  readonly columns?: readonly string[] | 'all';
  /** Columns a filter adds to every batch. */
  readonly adds?: readonly Field[];
  /**
   * Reads a batch's memory only until it has acknowledged it (see `EntryBatch.hold`) and keeps no view
   * of it. Where every stage of a pipeline says so, the source uses the memory again. @default false:
   * batches may be kept
   */
  readonly releases?: boolean;
  /** Nothing is visible under a final name until `close({ ok: true })`. */
  readonly atomic?: boolean;
  /** Has `checkpoint`. */
  readonly resumable?: boolean;
  /** Refused unless the pipeline's `allow` lists them. */
  readonly effects?: readonly Effect[];
}
