import { type Accounting, isComplete } from '../accounting/accounting.js';
import type { EntryBatch } from '../batch/entry-batch.js';
import { PwalkError } from '../errors/pwalk-error.js';
import type { SourceContext } from '../plugin/context.js';
import type { Stage } from '../plugin/plugin.js';
import type { SourceProgress } from '../plugin/source.js';
import { escapeMessage } from '../text/escape.js';
import { checkAccounting } from './check-accounting.js';
import { checkPipeline } from './check-pipeline.js';
import { checkCredit, DEFAULT_CREDIT, throughCreditGate } from './credit-gate.js';
import { createStage, OpenStages } from './open-stage.js';
import { startProgress } from './progress-timer.js';
import { cancelled, DEFAULT_MEMORY, scanFacts } from './run-facts.js';
import { Observable } from './rx.js';

export interface ObserveOptions {
  /** Columns to produce. */
  readonly columns: ReadonlySet<string>;
  /** Batches worked on at once. @default 8 */
  readonly credit?: number | undefined;
  /** Bytes beyond what Node itself takes. @default 256 MiB */
  readonly memory?: number | undefined;
  /**
   * Memory of a batch is used again once it is acknowledged, which for a batch that nobody claims is
   * when `next()` returns: faster, and nothing may keep a batch or a view of one. @default false
   */
  readonly reuseMemory?: boolean | undefined;
  /** Cancels the stream, which then ends in `PWALK_CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Called ten times a second during the walk, and once at its end. */
  readonly onProgress?: ((progress: SourceProgress) => void) | undefined;
  /** Called before the stream completes, with the account of the whole run. */
  readonly onAccounting?: ((accounting: Accounting) => void) | undefined;
}

/**
 * A source without a pipeline around it: its batches as an Observable with backpressure, for any
 * RxJS operators. Every subscription is a run of its own. Unsubscribing cancels it.
 *
 * Errors with a `PwalkError`, at once when a root is missing.
 */
export function observeSource(
  stage: Stage<'source'>,
  options: ObserveOptions,
): Observable<EntryBatch> {
  checkCredit(options.credit);
  return new Observable((subscriber) => {
    const abort = new AbortController();
    const cancel = () => abort.abort(cancelled(options.signal?.reason));
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted) cancel();
    const stages = new OpenStages();
    let returning: Promise<unknown> = Promise.resolve();

    const stream = async () => {
      const { source } = await checkPipeline({ source: stage });
      const live = await createStage(source);
      const ctx: SourceContext = {
        stage: live.id,
        scan: scanFacts(),
        signal: abort.signal,
        dryRun: false,
        memory: options.memory ?? DEFAULT_MEMORY,
        warn: (message) => options.onWarning?.(escapeMessage(message)),
        columns: options.columns,
        reusesMemory: options.reuseMemory ?? false,
        ownFiles: [],
      };
      await stages.open(live, () => live.instance.open(ctx));
      abort.signal.throwIfAborted();
      let rows = 0;
      const endProgress = startProgress(live.instance, options.onProgress, (error) =>
        abort.abort(PwalkError.from(error, stage.name, 'progress')),
      );
      await new Promise<void>((done, failed) => {
        const subscription = throughCreditGate(live.instance.read(ctx), {
          credit: options.credit ?? DEFAULT_CREDIT,
          acknowledge: (batch, status) => {
            try {
              live.instance.acknowledge?.(batch, status);
            } catch (error) {
              abort.abort(PwalkError.from(error, stage.name, 'acknowledge'));
            }
          },
          returning: (end) => {
            returning = end;
          },
        }).subscribe({
          next: (batch) => {
            rows += batch.length;
            subscriber.next(batch);
          },
          error: (error) => failed(PwalkError.from(error, stage.name, 'read')),
          complete: done,
        });
        const leave = () => {
          subscription.unsubscribe();
          failed(abort.signal.reason);
        };
        abort.signal.addEventListener('abort', leave, { once: true });
      }).finally(endProgress);
      abort.signal.throwIfAborted();
      const accounting = live.instance.accounting?.() ?? null;
      if (accounting !== null) {
        checkAccounting(accounting, rows);
        options.onAccounting?.(accounting);
      }
      const complete = accounting === null || isComplete(accounting);
      const [failure] = await stages.close({
        ok: true,
        accounting,
        complete,
        finishedAt: new Date(),
      });
      if (failure !== undefined) throw failure;
      subscriber.complete();
    };

    const fail = async (error: unknown) => {
      const failure = PwalkError.from(error, stage.name, 'read');
      await returning;
      await stages.close({ ok: false, error: failure });
      subscriber.error(failure);
    };
    void stream()
      .catch(fail)
      .finally(() => options.signal?.removeEventListener('abort', cancel));
    return () => abort.abort(cancelled(undefined));
  });
}
