import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { exactArguments } from '../exact-arguments.js';
import { filterFlags, filtersOf } from '../flags/filter-flags.js';
import { outputFlags, outputRequest } from '../flags/output-flags.js';
import { pruneFlags, pruneSettings } from '../flags/prune-flags.js';
import { scanFlags, scanSettings } from '../flags/scan-flags.js';
import { print } from '../terminal.js';

export default class Explain extends Command {
  static override summary = 'Say how a report would be made, and do nothing.';

  static override description =
    `Prints the stages of \`pwalk report\` with the same paths and flags, the columns that the walk is asked for, and the system calls that takes for each entry and directory. Nothing is read or written.

Exit status: 0, or 2 for usage.`;

  static override examples = [
    '<%= config.bin %> explain /data',
    '<%= config.bin %> explain /data -o names.csv --columns path,type',
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
    ...scanFlags,
    ...pruneFlags,
    json: Flags.boolean({ description: 'print one JSON object' }),
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Explain);
    const { output, ...wanted } = outputRequest(flags);
    const options = {
      ...scanSettings(flags),
      ...pruneSettings(flags),
      ...wanted,
      output,
      filters: await filtersOf(flags),
    };
    const { explainReport } = await import('../explain/explain-report.js');
    const explanation = await explainReport(exactArguments(argv.map(String)), options);
    const { formatExplanation } = await import('../explain/format-explanation.js');
    print(
      flags.json ? JSON.stringify(explanation) : formatExplanation(explanation),
      process.stdout,
    );
  }
}
