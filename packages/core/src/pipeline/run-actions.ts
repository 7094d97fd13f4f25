import { PwalkError } from '../errors/pwalk-error.js';
import type { ActionResult, PlannedEffect } from '../plugin/action.js';
import type { StageContext } from '../plugin/context.js';
import { escapeText } from '../text/escape.js';
import { describe } from './check-batch.js';
import { callHook, type LiveStage, told } from './open-stage.js';
import { stamped } from './stamped.js';

export interface ActionRun {
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Told of every effect in the order of application; in a dry run this is all that happens. */
  readonly onEffect?: ((effect: PlannedEffect) => void) | undefined;
}

/** Changes of an action. */
export interface EffectCounts {
  readonly planned: number;
  readonly applied: number;
}

/** What an action of a run came to. */
export interface ActionSummary extends ActionResult, EffectCounts {
  /** The action's stage, as `repair#1`. */
  readonly stage: string;
}

/** What the action says it came to, after it was closed; what it does not say follows from the counts. */
export function actionSummary(
  live: LiveStage<'action'>,
  { planned, applied }: EffectCounts,
  dryRun: boolean,
): ActionSummary {
  const counted: ActionResult = {
    state: dryRun || applied >= planned ? 'complete' : 'incomplete',
    lines: [],
  };
  const result = told(live, 'result', () => live.instance.result?.()) ?? counted;
  return { stage: live.id, planned, applied, ...result };
}

/**
 * The second half of an action's life, after the walk: its effects, each journaled, then applied.
 * @returns how many changes were planned, and how many made
 */
export async function runAction(
  live: LiveStage<'action'>,
  ctx: StageContext,
  run: ActionRun,
): Promise<EffectCounts> {
  const { instance } = live;
  let planned = 0;
  let applied = 0;
  const effects = await callHook(live, 'finish', () => instance.finish(ctx));
  for await (const effect of stamped(live, 'finish', effects)) {
    run.signal.throwIfAborted();
    checkEffect(live, effect);
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

/**
 * Refuses an effect that nobody was told of, or that is none, before it is shown or journaled.
 * @throws PwalkError `PWALK_PLUGIN_INVALID`
 */
function checkEffect({ stage, capabilities }: LiveStage<'action'>, value: unknown): void {
  const details = { plugin: stage.name, hook: 'finish' };
  const effect = typeof value === 'object' && value !== null && 'effect' in value && value.effect;
  if (typeof effect !== 'string') {
    throw new PwalkError(
      'PWALK_PLUGIN_INVALID',
      `Plugin "${stage.name}" gave ${describe(value)} for an effect in finish(); give { effect, path, summary }.`,
      details,
    );
  }
  if (capabilities.effects?.some((declared) => declared === effect)) return;
  throw new PwalkError(
    'PWALK_PLUGIN_INVALID',
    `Plugin "${stage.name}" plans ${escapeText(effect)} in finish() and does not declare it; nothing of it was done. Its capabilities must list it under \`effects\`.`,
    details,
  );
}
