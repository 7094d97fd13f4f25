export { type ApplyOptions, applyPlan } from './apply-plan.js';
export type { Limits } from './limits.js';
export { permissionRepair } from './permission-repair.js';
export type { PolicyInput } from './policy.js';
export type { Rule } from './record-layout.js';
export {
  type PlanOutput,
  type RepairOptions,
  type RepairResult,
  type RepairStages,
  repair,
} from './repair.js';
export { type SkipReason, skipReasons } from './skips.js';
export type { Example, FailedChange, RepairSummary } from './summary.js';
export {
  failureLines,
  outcomeLines,
  repairFacts,
  ruleLines,
  skipLines,
  undoLine,
} from './summary-lines.js';
export { type UndoOptions, undo } from './undo.js';
