import { Args, Command, Flags } from '@oclif/core';
import { checkExact, exactArguments } from '../../exact-arguments.js';
import { checkPatternFiles, pruneFlags } from '../../flags/prune-flags.js';
import { applyFlags, careFlags, repairRules, ruleFlags } from '../../flags/repair-flags.js';
import { scanFlags } from '../../flags/scan-flags.js';
import { summaryFlags } from '../../flags/summary-flags.js';
import { interruption } from '../../interruption.js';
import { print, tell } from '../../terminal.js';

export default class Repair extends Command {
  static override summary =
    'Repair groups and permissions of a shared tree; shows a plan unless told to apply.';

  static override description =
    `Plans what is to be changed at PATH and below it, and shows it. Nothing is changed without --apply; --plan stores the plan for review, for \`pwalk repair apply\`.

Symbolic links and special files are left alone, and so is whatever is mounted below PATH. What is changed is kept in a journal, by which \`pwalk repair undo\` takes it back.

Exit status: 0 complete, 2 usage, 3 something could not be read or changed or is not as planned, 4 refused, nothing was changed, 75 stopped at a limit, 130 and 143 by signal.`;

  static override examples = [
    '<%= config.bin %> repair /data/proj --force-group-writable',
    '<%= config.bin %> repair /data/proj --group lab --plan plan.parquet',
    '<%= config.bin %> repair /data/proj --group lab --apply --journal lab.journal',
  ];

  static override args = {
    path: Args.string({ description: 'directory to repair', required: true }),
  };

  static override flags = {
    ...ruleFlags,
    exclude: pruneFlags.exclude,
    'exclude-from': pruneFlags['exclude-from'],
    ...careFlags,
    plan: Flags.string({
      description: 'store the plan in a Parquet file',
      helpValue: 'FILE',
      helpGroup: 'CHANGES',
    }),
    apply: Flags.boolean({
      description: 'make the changes',
      exclusive: ['dry-run'],
      helpGroup: 'CHANGES',
    }),
    verify: Flags.boolean({
      description: 'look again when all is done, and say what is left',
      dependsOn: ['apply'],
      helpGroup: 'CHANGES',
    }),
    'dry-run': Flags.boolean({
      description: 'plan only, as without --apply',
      helpGroup: 'CHANGES',
    }),
    ...applyFlags,
    threads: scanFlags.threads,
    ...summaryFlags,
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Repair);
    const { repair } = await import('../../repair.js');
    // The plan, the journal and the audit log are for nobody else.
    process.umask(0o077);
    checkExact([flags.plan, flags.journal], 'The names of plan and journal must be UTF-8.');
    checkPatternFiles(flags);
    const [path] = exactArguments([args.path]);
    const result = await repair(path, {
      ...repairRules(flags),
      exclude: exactArguments(flags.exclude ?? []),
      excludeFrom: flags['exclude-from'] ?? [],
      setid: flags.setid,
      acl: flags.acl,
      plan: flags.plan,
      apply: flags.apply,
      verify: flags.verify,
      journal: flags.journal,
      maxChanges: flags['max-changes'],
      maxErrors: flags['max-errors'],
      threads: flags.threads,
      signal: interruption.signal,
      onWarning: (message) => {
        if (!flags.quiet) tell(message);
      },
    });
    process.exitCode = result.exitCode;
    const { formatRepair, jsonRepair } = await import('../../format-repair.js');
    if (flags.json) print(jsonRepair(result, result.plan, result.leftovers), process.stdout);
    else if (!flags.quiet) print(formatRepair(result, flags.apply), process.stdout);
  }
}
