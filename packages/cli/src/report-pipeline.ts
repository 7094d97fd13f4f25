import { decodeName, type FilteredSink, type PipelineSpec, type Stage } from '@pwalk/core';
import { type PruneOptions, pruneOptions, type WalkPart, walker } from '@pwalk/native-walker';
import { constantColumns } from './constant-columns.js';
import { errorsFile } from './errors-sink.js';
import { type FailureLog, failureLog } from './failed-entries.js';
import { type MatchCount, matchCount } from './match-count.js';
import { sinkFor } from './output-format.js';
import type { ReportPlan } from './report-options.js';

/**
 * The pipeline of a report: the walker, constant columns, an output after the other, the errors.
 * @param part where the walk can be stopped, or goes on
 */
export async function reportPipeline(
  plan: ReportPlan,
  failures: FailureLog,
  matches: MatchCount,
  part?: WalkPart,
): Promise<PipelineSpec> {
  const { roots, outputs, constants, errors, memory, signal, filters } = plan;
  const { threads, snapshots, stat, opTimeout, overflow, spillDir, spillLimit } = plan;
  const prune = pruneOptions.parse(plan);
  const walking = {
    snapshots,
    stat,
    ...prune,
    ...(threads === undefined ? {} : { threads }),
    ...(opTimeout === undefined ? {} : { opTimeout }),
  };
  const spill = {
    ...(spillDir === undefined ? {} : { spillDir }),
    ...(spillLimit === undefined ? {} : { spillLimit }),
  };
  const names = Object.keys(constants);
  const sinks = await Promise.all(outputs.map((output) => sinkFor(output, constants)));
  return {
    source: walker({
      ...walking,
      roots: [...roots],
      ...spill,
      ...(part === undefined ? {} : { part }),
    }),
    filters: names.length === 0 ? [] : [constantColumns({ ...constants })],
    sinks: [
      // What could not be read is told whatever the filters say, so they stand before the outputs only.
      ...sinks.map((sink, at) => behind(sink, filters, at === 0 ? [matchCount(matches)] : [])),
      ...(errors === undefined ? [] : [errorsFile({ path: errors, constants: names })]),
      ...(await tablesOf(plan)),
      failureLog(failures),
    ],
    scan: {
      roots: roots.map((root) => decodeName(root).text),
      rootBytes: roots,
      options: {
        ...walking,
        ...excludeText(prune),
        ...(names.length === 0 ? {} : { constants }),
        ...(filters.length === 0
          ? {}
          : { filters: filters.map(({ name, options }) => ({ [name]: options })) }),
      },
    },
    ...(memory === undefined ? {} : { memory }),
    ...(overflow === undefined ? {} : { overflow }),
    ...spill,
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The sink of what directories come to, which counts whatever the filters say. */
async function tablesOf({ directories: path, hardLinks }: ReportPlan): Promise<Stage<'sink'>[]> {
  if (path === undefined && hardLinks === undefined) return [];
  const { directories } = await import('./directories.js');
  return [directories({ path, hardLinks })];
}

/** The globs for the record: as text, and only where there are some. */
function excludeText({ exclude = [] }: PruneOptions): { exclude?: string[] } {
  if (exclude.length === 0) return {};
  return { exclude: exclude.map((glob) => decodeName(Buffer.from(glob)).text) };
}

function behind(
  sink: Stage<'sink'>,
  filters: readonly Stage<'filter'>[],
  counting: readonly Stage<'filter'>[],
): Stage<'sink'> | FilteredSink {
  return filters.length === 0 ? sink : { filters: [...filters, ...counting], sink };
}
