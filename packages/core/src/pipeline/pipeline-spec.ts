import type { Accounting } from '../accounting/accounting.js';
import type { OverflowSpec } from '../overflow/batch-overflow.js';
import type { Spooled } from '../overflow/batch-spool.js';
import type { PlannedEffect } from '../plugin/action.js';
import type { Effect } from '../plugin/capabilities.js';
import type { ScanFacts } from '../plugin/context.js';
import type { Stage } from '../plugin/plugin.js';
import type { Output } from '../plugin/sink.js';
import type { SourceProgress, SourceThreads } from '../plugin/source.js';
import type { Timeouts } from '../plugin/timeouts.js';
import type { OnError } from './fan-out.js';
import type { FilteredSink } from './filtered-sink.js';
import type { ActionSummary, EffectCounts } from './run-actions.js';

/** What to run. */
export interface PipelineSpec extends OverflowSpec {
  readonly source: Stage<'source'>;
  readonly filters?: readonly Stage<'filter'>[];
  /** Each takes what comes through `filters`; one with filters of its own, what comes through those too. */
  readonly sinks?: readonly (Stage<'sink'> | FilteredSink)[];
  readonly actions?: readonly Stage<'action'>[];
  /** Effects that plugins may have; none unless listed. */
  readonly allow?: readonly Effect[];
  /** Plan actions and apply nothing. @default false */
  readonly dryRun?: boolean;
  /** Batches worked on at once. @default 8 */
  readonly credit?: number;
  /** Bytes beyond what Node itself takes. @default 256 MiB */
  readonly memory?: number;
  /** What becomes of the run when a sink or an action refuses a batch. @default 'abort' */
  readonly onError?: OnError;
  readonly signal?: AbortSignal;
  /** Seconds a hook of a plugin may take, by the hook's name; no limit where none is given. */
  readonly timeouts?: Timeouts;
  /** Facts for the files' metadata; `id`, `host`, `version` and `startedAt` are filled in. */
  readonly scan?: Partial<ScanFacts>;
  readonly onWarning?: (message: string, plugin: string) => void;
  /** Called ten times a second until the last batch was taken, and once then. */
  readonly onProgress?: (progress: PipelineProgress) => void;
  readonly onEffect?: (effect: PlannedEffect) => void;
}

/** Live figures of a pipeline at work. */
export interface PipelineProgress extends SourceProgress {
  /** Bytes of batches that are on disk at the moment because a sink is slower. */
  readonly overflowBytes: number;
}

/** How a run ended that did not fail. */
export interface PipelineResult {
  readonly scan: ScanFacts;
  /** Null when the source keeps no account, or a filter ended the stream before the source did. */
  readonly accounting: Accounting | null;
  /** With how many threads the source read; null when it does not tell. */
  readonly threads: SourceThreads | null;
  /** Rows that came out of the source. */
  readonly rows: number;
  /** Rows that came through the filters. */
  readonly matched: number;
  /** Nothing that should be in the result is missing from it, and every action is complete. */
  readonly complete: boolean;
  /** Batches left out because a branch refused them (`onError: 'skip-batch'`). */
  readonly skippedBatches: number;
  readonly outputs: readonly Output[];
  /** Bytes that did not fit into the source's memory and were put on disk meanwhile. */
  readonly spilledBytes: number;
  /** What was on disk meanwhile because a sink was slower; null when the pipeline pauses then. */
  readonly overflow: Spooled | null;
  /** Of all actions. */
  readonly effects: EffectCounts;
  /** What each action came to, in their order. */
  readonly actions: readonly ActionSummary[];
  readonly seconds: number;
}
