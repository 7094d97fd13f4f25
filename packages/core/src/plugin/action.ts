import type { EntryBatch } from '../batch/entry-batch.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import type { Effect } from './capabilities.js';
import type { StageContext } from './context.js';
import type { Closable, MaybePromise } from './outcome.js';

/** What an action wants to do in one step: one change, or a group that is journaled together. */
export interface PlannedEffect {
  readonly effect: Effect;
  /** What it is done to; never escaped. */
  readonly path: string;
  /** One sentence for the person who reviews the plan. Of a group it may describe the first change. */
  readonly summary: string;
  /** How many changes these are. @default 1 */
  readonly changes?: number;
  /** Of a group, each change, for who wants to see them all; asked before the next effect is. */
  each?(): Iterable<Pick<PlannedEffect, 'effect' | 'path' | 'summary'>>;
}

/** What an action came to, for the summary of the run. */
export interface ActionResult {
  /**
   * `complete`, also where something was left out by rule; `incomplete` where a change that was planned
   * was not made, and the command ends with status 3; `stopped` at a limit of the action, where the same
   * command goes on, with status 75.
   */
  readonly state: 'complete' | 'incomplete' | 'stopped';
  /** For people, a line each: what was left out and why, where the journal is. Names in them are escaped. */
  readonly lines: readonly string[];
  /** The same for programs: plain JSON. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/**
 * Changes the world, in two steps. During the walk `plan` collects; after it `finish` yields the
 * effects in the order they are to be applied, and each is journaled, then applied. A dry run ends
 * after `finish`: its effects are counted and handed to `onEffect`, and nothing is applied.
 */
export interface Action<E extends PlannedEffect = PlannedEffect> extends Closable {
  open?(schema: EntrySchema, ctx: StageContext): MaybePromise<void>;
  /** Takes one batch and remembers what is to be done. Changes nothing. Calls never overlap. */
  plan(batch: EntryBatch, ctx: StageContext): MaybePromise<void>;
  /** Called once, after the last batch. Keep large plans on disk. */
  finish(ctx: StageContext): AsyncIterable<E> | Iterable<E>;
  /** Records that the effect is about to be applied. Awaited before `apply`, so that it can be undone. */
  journal(effect: E, ctx: StageContext): MaybePromise<void>;
  /**
   * Applies one effect. Idempotent: it may be repeated after a crash.
   * @returns how many of its changes were made, where not all may be; nothing: all of them
   */
  apply(effect: E, ctx: StageContext): MaybePromise<number> | MaybePromise<void>;
  /**
   * What the action came to. Asked once, after a `close` that followed success, of a dry run too. Without
   * it an action is complete when all changes that it planned were made.
   */
  result?(): ActionResult;
}
