import { type Explanation, explainPipeline } from '@pwalk/core';
import { FailureLog } from '../failed-entries.js';
import { MatchCount } from '../match-count.js';
import { planReport, type ReportOptions } from '../report-options.js';
import { reportPipeline } from '../report-pipeline.js';

/**
 * How `report()` would run when called like this. Nothing is opened.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export async function explainReport(
  roots: readonly (string | Uint8Array)[],
  options: ReportOptions,
): Promise<Explanation> {
  const plan = await planReport(roots, options);
  return explainPipeline(await reportPipeline(plan, new FailureLog(0), new MatchCount()));
}
