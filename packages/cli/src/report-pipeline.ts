import { decodeName, type PipelineSpec } from '@pwalk/core';
import { type PruneOptions, pruneOptions, walker } from '@pwalk/native-walker';
import { constantColumns } from './constant-columns.js';
import { errorsFile } from './errors-sink.js';
import { type FailureLog, failureLog } from './failed-entries.js';
import { sinkFor } from './output-format.js';
import type { ReportPlan } from './report-options.js';

/** The pipeline of a report: the walker, constant columns, an output after the other, the errors. */
export async function reportPipeline(
  plan: ReportPlan,
  failures: FailureLog,
): Promise<PipelineSpec> {
  const { roots, outputs, constants, errors, memory, signal, threads, snapshots, stat } = plan;
  const prune = pruneOptions.parse(plan);
  const walking = { snapshots, stat, ...prune, ...(threads === undefined ? {} : { threads }) };
  const names = Object.keys(constants);
  return {
    source: walker({ ...walking, roots: [...roots] }),
    filters: names.length === 0 ? [] : [constantColumns({ ...constants })],
    sinks: [
      ...(await Promise.all(outputs.map((output) => sinkFor(output, constants)))),
      ...(errors === undefined ? [] : [errorsFile({ path: errors, constants: names })]),
      failureLog(failures),
    ],
    scan: {
      roots: roots.map((root) => decodeName(root).text),
      rootBytes: roots,
      options: { ...walking, ...excludeText(prune), ...(names.length === 0 ? {} : { constants }) },
    },
    ...(memory === undefined ? {} : { memory }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The globs for the record: as text, and only where there are some. */
function excludeText({ exclude = [] }: PruneOptions): { exclude?: string[] } {
  if (exclude.length === 0) return {};
  return { exclude: exclude.map((glob) => decodeName(Buffer.from(glob)).text) };
}
