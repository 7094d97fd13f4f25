import {
  type Accounting,
  decodeName,
  errorCount,
  exitCodes,
  type Output,
  PwalkError,
  runPipeline,
  skippedCount,
} from '@pwalk/core';
import { walker } from '@pwalk/native-walker';
import { type ErrorExample, errorExamples } from './error-examples.js';
import { type Format, formatOf, sinkFor } from './output-format.js';

export interface ReportOptions {
  /** File to write, `-` for standard output. */
  readonly output: string;
  /** @default by the output's name: csv for `.csv`, `.csv.gz` and `.csv.zst`, else parquet */
  readonly format?: Format | undefined;
  /** For dey-csv: begin with the names of the columns. @default false */
  readonly header?: boolean | undefined;
  readonly threads?: number | undefined;
  /** Bytes beyond what Node itself takes. @default 256 MiB */
  readonly memory?: number | undefined;
  /** Enter snapshot directories. @default false */
  readonly snapshots?: boolean | undefined;
  /** Whether network file systems may answer from their caches. @default 'lazy': they may */
  readonly stat?: 'lazy' | 'sync' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** What a report came to. */
export interface ReportSummary {
  readonly accounting: Accounting;
  readonly errors: number;
  /** The first entries that could not be read. */
  readonly errorExamples: readonly ErrorExample[];
  /** Directories not entered by rule. */
  readonly skipped: number;
  readonly complete: boolean;
  readonly outputs: readonly Output[];
  readonly seconds: number;
  /** The status the command ends with: 0, or 3 when something is missing from the result. */
  readonly exitCode: number;
}

/** Error examples kept for the summary. */
const MOST_EXAMPLES = 10;

/**
 * Walks the roots and writes what is there to a file, one row per entry.
 * Entries that cannot be read are rows with a state and an errno, and are counted in the summary.
 * @throws PwalkError when a root is missing, the output cannot be written, or the run is cancelled;
 * no file is left under the output's name then
 */
export async function report(
  roots: readonly (string | Uint8Array)[],
  options: ReportOptions,
): Promise<ReportSummary> {
  const examples: ErrorExample[] = [];
  const { output, format = formatOf(output), header } = options;
  const { threads, snapshots = false, stat = 'lazy', memory, signal, onWarning } = options;
  const walking = { snapshots, stat, ...(threads === undefined ? {} : { threads }) };
  const result = await runPipeline({
    source: walker({ ...walking, roots: [...roots] }),
    sinks: [
      await sinkFor({ path: output, format, header }),
      errorExamples({ into: examples, most: MOST_EXAMPLES }),
    ],
    scan: {
      roots: roots.map((root) => decodeName(Buffer.from(root)).text),
      rootBytes: roots.map((root) => Buffer.from(root)),
      options: { ...walking },
    },
    ...(memory === undefined ? {} : { memory }),
    ...(signal === undefined ? {} : { signal }),
    onWarning: (message) => onWarning?.(message),
  });
  const { accounting, outputs, complete, seconds } = result;
  if (accounting === null) {
    throw new PwalkError(
      'PWALK_ACCOUNTING_BROKEN',
      'The walker kept no account of its walk; please report this.',
    );
  }
  return {
    accounting,
    errors: errorCount(accounting),
    errorExamples: examples,
    skipped: skippedCount(accounting),
    complete,
    outputs,
    seconds,
    exitCode: complete ? exitCodes.complete : exitCodes.incomplete,
  };
}
