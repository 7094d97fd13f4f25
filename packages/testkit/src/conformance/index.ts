export { checkConformance, conformance, type Runner, rules, type Verdict } from './conformance.js';
export type { Rule, Suite } from './rule.js';
export { type Run, type RunOptions, type Subject, Trial } from './trial.js';
