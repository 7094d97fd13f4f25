import { Args, Command } from '@oclif/core';
import { scanFlags } from '../../flags/scan-flags.js';
import { summaryFlags } from '../../flags/summary-flags.js';
import { interruption } from '../../interruption.js';
import { print } from '../../terminal.js';

export default class RepairUndo extends Command {
  static override summary = 'Take back what a repair changed, by its journal.';

  static override description =
    `Gives owners, groups and modes back to the entries that are still as the repair left them; the others are counted as stale and left alone. May be repeated.

Exit status: 0 complete, 3 something was stale, could not be changed, or cannot be given back, 4 refused, nothing was changed, 130 and 143 by signal.`;

  static override examples = ['<%= config.bin %> repair undo lab.journal'];

  static override args = {
    journal: Args.string({ description: 'journal of a repair', required: true }),
  };

  static override flags = { threads: scanFlags.threads, ...summaryFlags };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(RepairUndo);
    const { undo } = await import('@pwalk/action-repair');
    const summary = await undo(args.journal, {
      threads: flags.threads,
      signal: interruption.signal,
    });
    process.exitCode = summary.exitCode;
    const { formatUndone, jsonRepair } = await import('../../format-repair.js');
    if (flags.json) print(jsonRepair(summary), process.stdout);
    else if (!flags.quiet) print(formatUndone(summary), process.stdout);
  }
}
