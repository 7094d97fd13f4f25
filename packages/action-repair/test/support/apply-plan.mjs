// apply-plan.mjs PLAN JOURNAL: applies a plan in a process of its own, which may be killed.
import { applyPlan } from '../../dist/index.js';

const [plan, journal] = process.argv.slice(2);
await applyPlan(plan, { journal, threads: 1 });
