import { Args, Command } from '@oclif/core';
import { checkExact } from '../../exact-arguments.js';
import { applyFlags } from '../../flags/repair-flags.js';
import { scanFlags } from '../../flags/scan-flags.js';
import { summaryFlags } from '../../flags/summary-flags.js';
import { interruption } from '../../interruption.js';
import { print } from '../../terminal.js';

export default class RepairApply extends Command {
  static override summary = 'Make the changes of a plan that was stored with repair --plan.';

  static override description =
    `Changes the entries that are still as they were planned; the others are counted as stale and left alone. A plan that was edited, is a day old, or belongs to somebody else is refused.

Exit status: 0 complete, 3 something was stale or could not be changed, 4 refused, nothing was changed, 75 stopped at a limit, 130 and 143 by signal.`;

  static override examples = ['<%= config.bin %> repair apply plan.parquet --journal lab.journal'];

  static override args = { plan: Args.string({ description: 'plan file', required: true }) };

  static override flags = { ...applyFlags, threads: scanFlags.threads, ...summaryFlags };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(RepairApply);
    checkExact([flags.journal], 'The name of a journal must be UTF-8.');
    const { applyPlan } = await import('@pwalk/action-repair');
    const summary = await applyPlan(args.plan, {
      journal: flags.journal,
      maxChanges: flags['max-changes'],
      maxErrors: flags['max-errors'],
      threads: flags.threads,
      signal: interruption.signal,
    });
    process.exitCode = summary.exitCode;
    const { formatApplied, jsonRepair } = await import('../../format-repair.js');
    if (flags.json) print(jsonRepair(summary, args.plan), process.stdout);
    else if (!flags.quiet) print(formatApplied(summary), process.stdout);
  }
}
