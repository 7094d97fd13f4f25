import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { exactArguments } from '../exact-arguments.js';
import { checkpointFlags, checkpointSettings } from '../flags/checkpoint-flags.js';
import { failOnMatchFlag, filterFlags, filtersOf } from '../flags/filter-flags.js';
import { outputFlags, outputRequest } from '../flags/output-flags.js';
import { progressFlags } from '../flags/progress-flags.js';
import { pruneFlags, pruneSettings } from '../flags/prune-flags.js';
import { scanFlags, scanSettings } from '../flags/scan-flags.js';
import { summaryFlags } from '../flags/summary-flags.js';
import { interruption } from '../interruption.js';
import { narration, print, progressLine, takesStdout } from '../terminal.js';

export default class Report extends Command {
  static override summary =
    'Write what is on a file system to a file: Parquet, CSV, JSON lines, Arrow or totals.';

  static override description =
    `Walks each PATH in parallel and writes one row per entry: names, owners, sizes, times, modes, and what could not be read.

Snapshot directories are not entered unless --snapshots is given. Symbolic links are not followed unless --follow-symlinks is given. The file appears under its name when it is whole.

Exit status: 0 complete, 1 failed, 2 usage, 3 finished but something could not be read, 4 an entry matched with --fail-on-match, 5 the output could not be written, 75 stopped and can be resumed, 129, 130 and 143 by signal.`;

  static override examples = [
    '<%= config.bin %> report /data',
    '<%= config.bin %> report /data /scratch -o scan.parquet --json',
    '<%= config.bin %> report /data -o scan/ --checkpoint --time-limit 24h',
    '<%= config.bin %> report / -x --exclude node_modules --exclude "*.{o,tmp}"',
    '<%= config.bin %> report /data -o scan.csv.gz --format dey-csv',
    `<%= config.bin %> report /data -o old.csv --where 'size > 1GiB && mtime < now - 2y'`,
  ];

  static override strict = false;

  static override args = {
    path: Args.string({
      description: 'directory or file to walk; several may be given',
      required: true,
    }),
  };

  static override flags = {
    ...outputFlags,
    ...filterFlags,
    'fail-on-match': failOnMatchFlag,
    ...scanFlags,
    ...pruneFlags,
    ...checkpointFlags,
    ...progressFlags,
    ...summaryFlags,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Report);
    const { output, ...wanted } = outputRequest(flags);
    const scan = scanSettings(flags);
    const { checkpoint, timeLimit } = checkpointSettings(flags);
    if (checkpoint !== undefined) interruption.canResume();
    const { report } = await import('../report.js');
    const isStdoutTaken = await takesStdout(flags.output);
    const line = flags.progress && !flags.quiet ? await progressLine(isStdoutTaken) : null;
    const summary = await report(exactArguments(argv.map(String)), {
      ...scan,
      ...pruneSettings(flags),
      ...wanted,
      output,
      filters: await filtersOf(flags),
      failOnMatch: flags['fail-on-match'],
      checkpoint,
      timeLimit,
      stop: interruption.stop,
      signal: interruption.signal,
      ...narration(line, flags.quiet),
    }).finally(() => line?.clear());
    process.exitCode = summary.exitCode;
    if (checkpoint !== undefined && summary.stopped === null) interruption.settle();
    const { formatSummary, jsonSummary } = await import('../format-summary.js');
    const text = flags.json ? jsonSummary(summary) : flags.quiet ? null : formatSummary(summary);
    if (text === null) return;
    print(text, isStdoutTaken ? process.stderr : process.stdout);
  }
}
