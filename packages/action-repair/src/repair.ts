import { availableParallelism } from 'node:os';
import {
  type Accounting,
  CORE_VERSION,
  exitCodes,
  PwalkError,
  runPipeline,
  type SourceProgress,
  type Stage,
} from '@pwalk/core';
import { applyPlan } from './apply-plan.js';
import { changesIn } from './change.js';
import type { Limits } from './limits.js';
import { permissionRepair } from './permission-repair.js';
import { headMetadata, type PlanHead } from './plan-head.js';
import { planSource } from './plan-source.js';
import { PLAN_ROWS, PlanDigest } from './plan-table.js';
import { type PolicyInput, policyOptions } from './policy.js';
import { Spool } from './spool.js';
import type { RepairSummary } from './summary.js';
import { openTree, type Tree } from './tree.js';

/** What a plan is written with: made by the caller, as plugins know nothing of each other. */
export interface PlanOutput {
  readonly path: string;
  readonly metadata: Record<string, string>;
  readonly rowGroupRows: number;
  /** Permissions of the file, whatever the umask: a plan that others could write is not applied. */
  readonly mode: number;
}

export interface RepairOptions extends PolicyInput, Limits {
  /** Makes the changes; else they are planned and counted only. @default false */
  readonly apply?: boolean | undefined;
  /**
   * With `apply`: walks and plans once more when all is done, and tells what is left. Users go on working
   * during a repair, and what they make behind the walk is as bad as before. @default false
   */
  readonly verify?: boolean | undefined;
  /** File to write the plan to. */
  readonly plan?: string | undefined;
  /** File to create, or to go on with; a new one in the default place when not given. */
  readonly journal?: string | undefined;
  readonly threads?: number | undefined;
  /** Narrow what is repaired. */
  readonly filters?: readonly Stage<'filter'>[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly onProgress?: ((progress: SourceProgress) => void) | undefined;
}

/** The stages that a repair is composed of besides its own. */
export interface RepairStages {
  /** A walk of the root. */
  readonly source: (root: Uint8Array) => Stage<'source'>;
  /** A Parquet file; asked for only when a plan is to be written. */
  readonly planSink: (output: PlanOutput) => Promise<Stage<'sink'>> | Stage<'sink'>;
}

export interface RepairResult extends RepairSummary {
  /** Of the walk; null when a plan was applied without one. */
  readonly accounting: Accounting | null;
  readonly plan: string | null;
  /** Changes that a second look found; null where there was none, or a limit stopped the repair. */
  readonly leftovers: number | null;
  readonly seconds: number;
}

/**
 * Plans the repair of a directory and what is below it and, with `apply`, makes the changes.
 * @throws PwalkError `PWALK_PATH_REFUSED`, `PWALK_GROUP_UNKNOWN`, `PWALK_APPLY_REFUSED` and others;
 * nothing was changed then
 */
export async function repair(
  top: string | Uint8Array,
  options: RepairOptions,
  stages: RepairStages,
): Promise<RepairResult> {
  const result = await repairOnce(top, options, stages);
  const { verify = false, apply = false } = options;
  if (!verify || !apply || result.stopped !== null) return result;
  const again = { ...options, apply: false, plan: undefined };
  const { planned: leftovers, seconds } = await repairOnce(top, again, stages);
  const { complete, incomplete } = exitCodes;
  const exitCode = leftovers > 0 && result.exitCode === complete ? incomplete : result.exitCode;
  return { ...result, leftovers, exitCode, seconds: result.seconds + seconds };
}

async function repairOnce(
  top: string | Uint8Array,
  options: RepairOptions,
  stages: RepairStages,
): Promise<RepairResult> {
  const { apply = false, plan = null, journal, threads, maxChanges, maxErrors } = options;
  const { filters, signal, onWarning, onProgress } = options;
  const policy = policyOf(options);
  const tree = openTree(Buffer.from(top));
  // From here on by the kernel's own name for it: without links, and wherever we are.
  const root = tree.path;
  const collected = plan === null ? null : new Spool();
  const digest = new PlanDigest();
  const crew = threads ?? availableParallelism();
  let summary: RepairSummary | null = null;
  try {
    const walk = await runPipeline({
      source: stages.source(root),
      filters: filters ?? [],
      actions: [
        permissionRepair({
          ...policy,
          root,
          threads: crew,
          ...(journal === undefined ? {} : { journal }),
          ...(maxChanges === undefined ? {} : { maxChanges }),
          ...(maxErrors === undefined ? {} : { maxErrors }),
          onSummary: (made: RepairSummary) => {
            summary = made;
          },
          onGroup: async (records: Buffer) => {
            if (collected === null) return;
            digest.add(records);
            for (const change of changesIn(records)) collected.add(0, change);
            await collected.settle();
          },
        }),
      ],
      allow: ['fs:chmod', 'fs:chown'],
      dryRun: !apply || plan !== null,
      scan: { roots: [tree.shown], rootBytes: [root], options: { ...policy } },
      ...(signal === undefined ? {} : { signal }),
      onWarning: (message) => onWarning?.(message),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    if (summary === null) throw new PwalkError('PWALK_PLUGIN_FAILED', 'The repair has no summary.');
    const { accounting, seconds } = walk;
    const made = summary as RepairSummary;
    const result = { ...made, accounting, plan, leftovers: null, seconds };
    if (plan === null || collected === null) return result;
    await writePlan(
      { path: plan, tree, run: walk.scan.id, policy, digest, collected },
      stages,
      signal,
    );
    if (!apply) return result;
    const applied = await applyPlan(plan, {
      journal,
      threads: crew,
      maxChanges,
      maxErrors,
      signal,
    });
    return mergeResults(result, applied);
  } finally {
    tree.addon.close();
    await collected?.close();
  }
}

interface WrittenPlan {
  readonly path: string;
  readonly tree: Tree;
  readonly run: string;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly digest: PlanDigest;
  readonly collected: Spool;
}

async function writePlan(
  { path, tree, run, policy, digest, collected }: WrittenPlan,
  stages: RepairStages,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { dev, inode } = tree.status;
  const head: PlanHead = {
    version: 1,
    run,
    createdAt: new Date().toISOString(),
    uid: process.geteuid?.() ?? 0,
    root: { path: tree.path.toString('base64'), dev: String(dev), inode: String(inode) },
    options: { ...policy, pwalk: CORE_VERSION },
    rows: digest.rows,
    sha256: digest.digest(),
  };
  await runPipeline({
    source: planSource({ root: tree.path, changes: collected }),
    sinks: [
      await stages.planSink({
        path,
        metadata: headMetadata(head),
        rowGroupRows: PLAN_ROWS,
        mode: 0o600,
      }),
    ],
    scan: { id: run, roots: [tree.shown], rootBytes: [tree.path], options: { ...policy } },
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The options of the policy alone, complete. */
function policyOf(options: RepairOptions) {
  const names = Object.keys(policyOptions.shape);
  const given = Object.fromEntries(
    Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined),
  );
  const parsed = policyOptions.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `The options of the repair do not fit (${faults.join('; ')}).`,
  );
}

/** What was planned and skipped by the walk, and what became of it. */
function mergeResults(planned: RepairResult, applied: RepairSummary): RepairResult {
  const skipped = { ...planned.skipped };
  // Planning alone misses nothing by it; making the changes does.
  const missed = planned.skipped.changed === undefined ? exitCodes.complete : exitCodes.incomplete;
  for (const [reason, count] of Object.entries(applied.skipped)) {
    Object.assign(skipped, { [reason]: (Reflect.get(skipped, reason) ?? 0) + count });
  }
  return {
    ...planned,
    applied: applied.applied,
    stale: applied.stale,
    skipped,
    errors: planned.errors + applied.errors,
    journal: applied.journal,
    stopped: applied.stopped,
    setidLost: applied.setidLost,
    failures: [...planned.failures, ...applied.failures],
    exitCode: Math.max(planned.exitCode, applied.exitCode, missed),
  };
}
