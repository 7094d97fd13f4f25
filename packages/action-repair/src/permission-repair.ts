import {
  type Action,
  type ActionResult,
  definePlugin,
  type EntryBatch,
  type EntrySchema,
  errorCount,
  escapeText,
  exitCodes,
  type Outcome,
  type PlannedEffect,
  PwalkError,
  type StageContext,
} from '@pwalk/core';
import { z } from 'zod';
import { Change, changesIn } from './change.js';
import { ChangeSession } from './change-session.js';
import { describe } from './describe-change.js';
import { type Limits, limitReached, roomFor } from './limits.js';
import { Planner } from './planner.js';
import { compilePolicy, policyOptions } from './policy.js';
import { plannedColumns } from './scanned-columns.js';
import { type RepairSummary, Tally } from './summary.js';
import { failureLines, outcomeLines, repairFacts, skipLines, undoLine } from './summary-lines.js';
import { openTree, type Tree } from './tree.js';

export const repairOptions = policyOptions.extend({
  root: z
    .union([z.string().min(1), z.custom<Uint8Array>((value) => value instanceof Uint8Array)])
    .optional()
    .describe(
      'The directory to repair: the root of the walk, as the walk is given it. That of the run when not given',
    ),
  journal: z.string().min(1).optional().describe('File to create, or to go on with'),
  maxChanges: z.int().min(1).optional(),
  maxErrors: z.int().min(1).optional(),
  threads: z.int().min(1).max(1024).default(2),
  onSummary: z
    .custom<(summary: RepairSummary) => void>((value) => typeof value === 'function')
    .optional(),
  onGroup: z
    .custom<(records: Buffer) => void | Promise<void>>((value) => typeof value === 'function')
    .optional()
    .describe('Told of every group of planned changes, in the order of application'),
});
export type RepairOptions = z.output<typeof repairOptions>;

/** A group of changes that are journaled together. */
interface RepairEffect extends PlannedEffect {
  readonly records: Buffer;
}

/**
 * Repairs groups, modes and owners below a directory. In a pipeline it stands behind filters, which
 * narrow what is repaired; directories that they drop still hand their group on.
 *
 * ```js
 * runPipeline({
 *   source: walker({ roots: ['/data/proj'] }),
 *   actions: [permissionRepair({ root: '/data/proj', forceGroupWritable: true })],
 *   allow: ['fs:chmod', 'fs:chown'],
 *   dryRun: true,
 * });
 * ```
 */
export const permissionRepair = definePlugin({
  name: 'repair',
  kind: 'action',
  pwalk: '^0.1.0',
  options: repairOptions,
  capabilities: {
    columns: plannedColumns,
    releases: true,
    effects: ['fs:chmod', 'fs:chown'],
  },
  create: (options) => new PermissionRepair(options),
});

class PermissionRepair implements Action<RepairEffect> {
  readonly #options: RepairOptions;
  readonly #tally = new Tally();
  #planner: Planner | null = null;
  /** Null in a dry run. */
  #session: ChangeSession | null = null;
  #tree: Tree | null = null;

  constructor(options: RepairOptions) {
    this.#options = options;
  }

  async open(_: EntrySchema, ctx: StageContext): Promise<void> {
    const policy = compilePolicy(this.#options);
    const typedRoot = Buffer.from(this.#options.root ?? onlyRoot(ctx));
    const found = openTree(typedRoot);
    this.#tree = found;
    if (!ctx.dryRun) {
      const { threads, journal } = this.#options;
      this.#session = await ChangeSession.open({
        tree: found,
        tally: this.#tally,
        threads,
        journal,
        run: ctx.scan.id,
        plan: null,
      }).finally(() => found.addon.close());
      this.#tree = this.#session.tree;
      this.#tally.makesChanges = true;
    }
    this.#planner = new Planner({
      tree: this.#tree,
      policy,
      tally: this.#tally,
      typedRoot,
      threads: this.#options.threads,
    });
    this.#warn = (message) => ctx.warn(message);
    ctx.signal.addEventListener('abort', this.#stop, { once: true });
  }

  #warn: (message: string) => void = () => {};

  readonly #stop = () => this.#tree?.addon.stop();

  async plan(batch: EntryBatch): Promise<void> {
    await this.#planner?.take(batch);
  }

  async *finish(ctx: StageContext): AsyncGenerator<RepairEffect> {
    const planner = this.#planner;
    if (planner === null) return;
    const { maxChanges, maxErrors } = this.#options;
    const limits: Limits = ctx.dryRun ? {} : { maxChanges, maxErrors };
    const tally = this.#tally;
    for await (const records of planner.groups(() => roomFor(tally, limits))) {
      let changes = 0;
      for (const change of changesIn(records)) {
        tally.plan(change);
        changes++;
      }
      await this.#options.onGroup?.(records);
      tally.stopped ??= limitReached(tally, limits);
      if (tally.stopped !== null) continue;
      const each = () => [...changesIn(records)].map(describe);
      yield { records, changes, ...describe(new Change(records)), each };
    }
  }

  async journal(effect: RepairEffect): Promise<void> {
    await this.#session?.note(effect.records);
  }

  async apply(effect: RepairEffect): Promise<number> {
    return (await this.#session?.make(effect.records)) ?? 0;
  }

  async close(outcome: Outcome): Promise<void> {
    await this.#planner?.close();
    await this.#session?.close();
    this.#tree?.addon.close();
    if (!outcome.ok) {
      const { applied, journal } = this.#tally;
      if (applied > 0) {
        this.#warn(
          `${applied} changes were made before the run ended; "${escapeText(journal ?? '')}" has them, to be undone or gone on with.`,
        );
      }
      return;
    }
    const walkErrors = outcome.accounting === null ? 0 : errorCount(outcome.accounting);
    this.#options.onSummary?.(this.#tally.summary(walkErrors));
  }

  /** What the walk could not read is the run's to tell. */
  result(): ActionResult {
    const summary = this.#tally.summary(0);
    const { skipped, journal, exitCode } = summary;
    const lines = skipLines(skipped);
    if (this.#tally.makesChanges) lines.push(...outcomeLines(summary));
    lines.push(...failureLines(summary));
    if (journal !== null) lines.push(undoLine(journal));
    const isStopped = exitCode === exitCodes.resumable;
    const isComplete = exitCode === exitCodes.complete;
    const { exitCode: _, ...facts } = repairFacts(summary);
    return { state: isStopped ? 'stopped' : isComplete ? 'complete' : 'incomplete', lines, facts };
  }
}

/** The root of the walk. @throws PwalkError `PWALK_OPTIONS_INVALID` where it has several, or none is known */
function onlyRoot({ scan }: StageContext): Uint8Array {
  const [root, ...more] = scan.rootBytes;
  if (root !== undefined && more.length === 0) return root;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `A repair works below one directory, and the run has ${scan.rootBytes.length || 'no known'} roots; name it as \`root\`, and run once for each.`,
  );
}
