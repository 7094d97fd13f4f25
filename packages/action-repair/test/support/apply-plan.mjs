// apply-plan.mjs PLAN JOURNAL [MAX_ERRORS]: applies a plan in a process of its own, which may be killed.
import { applyPlan } from '../../dist/index.js';

const [plan, journal, maxErrors] = process.argv.slice(2);
const limits = maxErrors === undefined ? {} : { maxErrors: Number(maxErrors) };
const { applied, errors, stopped } = await applyPlan(plan, { journal, threads: 1, ...limits });
console.log(JSON.stringify({ applied, errors, stopped }));
