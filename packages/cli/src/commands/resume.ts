import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { intervalFlag, intervalOf, timeLimitFlag, timeLimitOf } from '../flags/checkpoint-flags.js';
import { progressFlags } from '../flags/progress-flags.js';
import { memorySize, scanFlags, spillSettings } from '../flags/scan-flags.js';
import { summaryFlags } from '../flags/summary-flags.js';
import { interruption } from '../interruption.js';
import { narration, print, progressLine } from '../terminal.js';

export default class Resume extends Command {
  static override summary = 'Go on with a scan that was stopped or killed.';

  static override description =
    `Continues the scan in DIRECTORY, or to the file of that name, which pwalk report --checkpoint began, exactly where it was committed last, with the options it was begun with. What is committed is not read or written again. The summary is that of the whole scan.

Exit status: as of pwalk report; 4 when the scan is running elsewhere, its log is damaged, or a root is not what it was; 0 when it is whole already.`;

  static override examples = [
    '<%= config.bin %> resume scan/',
    '<%= config.bin %> resume scan/ --time-limit 24h',
  ];

  static override args = {
    directory: Args.string({
      description: 'the directory of the scan, or its file',
      required: true,
    }),
  };

  static override flags = {
    'checkpoint-interval': intervalFlag,
    'time-limit': timeLimitFlag,
    'same-file-systems': Flags.boolean({
      description:
        'the roots are on the file systems they were on, although devices have other numbers now and no birth time tells',
      helpGroup: 'LONG SCANS',
    }),
    threads: scanFlags.threads,
    memory: scanFlags.memory,
    overflow: scanFlags.overflow,
    'spill-dir': scanFlags['spill-dir'],
    'spill-limit': scanFlags['spill-limit'],
    ...progressFlags,
    ...summaryFlags,
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Resume);
    const { memory, 'checkpoint-interval': interval } = flags;
    interruption.canResume();
    const { resume } = await import('../scan-directory/scan.js');
    const line = flags.progress && !flags.quiet ? await progressLine(false) : null;
    const summary = await resume(args.directory, {
      interval: interval === undefined ? undefined : intervalOf(interval),
      timeLimit: timeLimitOf(flags['time-limit']),
      sameFileSystems: flags['same-file-systems'],
      changeDirectory: true,
      threads: flags.threads,
      memory: memory === undefined ? undefined : memorySize(memory),
      ...spillSettings(flags),
      stop: interruption.stop,
      signal: interruption.signal,
      ...narration(line, flags.quiet),
    }).finally(() => line?.clear());
    process.exitCode = summary.exitCode;
    if (summary.stopped === null) interruption.settle();
    const { formatSummary, jsonSummary } = await import('../format-summary.js');
    const text = flags.json ? jsonSummary(summary) : flags.quiet ? null : formatSummary(summary);
    if (text !== null) print(text, process.stdout);
  }
}
