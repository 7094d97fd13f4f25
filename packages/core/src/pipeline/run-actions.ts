import type { PlannedEffect } from '../plugin/action.js';
import type { StageContext } from '../plugin/context.js';
import { callHook, type LiveStage } from './open-stage.js';
import { stamped } from './stamped.js';

export interface ActionRun {
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Told of every effect in the order of application; in a dry run this is all that happens. */
  readonly onEffect?: ((effect: PlannedEffect) => void) | undefined;
}

/**
 * The second half of an action's life, after the walk: its effects, each journaled, then applied.
 * @returns how many changes were planned, and how many made
 */
export async function runAction(
  live: LiveStage<'action'>,
  ctx: StageContext,
  run: ActionRun,
): Promise<{ planned: number; applied: number }> {
  const { instance } = live;
  let planned = 0;
  let applied = 0;
  const effects = await callHook(live, 'finish', () => instance.finish(ctx));
  for await (const effect of stamped(live, 'finish', effects)) {
    run.signal.throwIfAborted();
    const { changes = 1 } = effect;
    planned += changes;
    run.onEffect?.(effect);
    if (run.dryRun) continue;
    await callHook(live, 'journal', () => instance.journal(effect, ctx));
    const made = await callHook<unknown>(live, 'apply', () => instance.apply(effect, ctx));
    applied += typeof made === 'number' ? made : changes;
  }
  return { planned, applied };
}
