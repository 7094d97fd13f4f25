import { Args, Command, Flags } from '@oclif/core';
import { PwalkError } from '@pwalk/core';
import { exactArguments } from '../exact-arguments.js';
import { interruption } from '../interruption.js';
import { formats } from '../output-format.js';
import { parseSize } from '../size.js';

export default class Report extends Command {
  static override summary = 'Write what is on a file system to a file: Parquet or CSV.';

  static override description =
    `Walks each PATH in parallel and writes one row per entry: names, owners, sizes, times, modes, and what could not be read.

Snapshot directories are not entered unless --snapshots is given. Symbolic links are never followed. The file appears under its name when it is whole.

Exit status: 0 complete, 1 failed, 2 usage, 3 finished but something could not be read, 5 the output could not be written, 130 and 143 by signal.`;

  static override examples = [
    '<%= config.bin %> report /data',
    '<%= config.bin %> report /data /scratch -o scan.parquet --json',
    '<%= config.bin %> report /data -o scan.csv.gz --format dey-csv',
  ];

  static override strict = false;

  static override args = {
    path: Args.string({
      description: 'directory or file to walk; several may be given',
      required: true,
    }),
  };

  static override flags = {
    output: Flags.string({
      char: 'o',
      description: 'file to write; - for standard output',
      default: 'scan.parquet',
      helpValue: 'FILE',
    }),
    format: Flags.option({
      options: formats,
      description: 'what to write; by the name of FILE when not given: csv for .csv, else parquet',
    })(),
    header: Flags.boolean({ description: 'for dey-csv: begin with the names of the columns' }),
    threads: Flags.integer({
      description: 'threads that read; chosen from the machine and the file system when not given',
      min: 1,
      max: 1024,
      helpValue: 'N',
    }),
    memory: Flags.string({
      description: 'memory to use beyond what Node takes, as 256MiB',
      helpValue: 'SIZE',
    }),
    snapshots: Flags.boolean({ description: 'enter snapshot directories' }),
    json: Flags.boolean({ description: 'print the summary as one JSON object' }),
    quiet: Flags.boolean({ char: 'q', description: 'print nothing but errors' }),
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Report);
    const memory = flags.memory === undefined ? undefined : memorySize(flags.memory);
    const { report } = await import('../report.js');
    const summary = await report(exactArguments(argv.map(String)), {
      output: flags.output,
      format: flags.format,
      header: flags.header,
      threads: flags.threads,
      memory,
      snapshots: flags.snapshots,
      signal: interruption.signal,
      onWarning: (message) => {
        if (!flags.quiet) console.error(`pwalk: ${message}`);
      },
    });
    process.exitCode = summary.exitCode;
    const { formatSummary, jsonSummary } = await import('../format-summary.js');
    const text = flags.json ? jsonSummary(summary) : flags.quiet ? null : formatSummary(summary);
    if (text === null) return;
    // Where the data goes to standard output, by whatever name, the summary does not.
    const { outputDescriptor } = await import('@pwalk/core/io');
    const stream = (await outputDescriptor(flags.output)) === 1 ? process.stderr : process.stdout;
    stream.write(`${text}\n`);
  }
}

/** Least memory a walk can be run in. */
const LEAST_MEMORY = 16 * 1024 * 1024;

function memorySize(text: string): number {
  const bytes = parseSize(text);
  if (bytes < LEAST_MEMORY) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `--memory ${text} is too little; give at least 16MiB.`,
    );
  }
  return bytes;
}
