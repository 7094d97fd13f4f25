import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { exactArguments } from '../exact-arguments.js';
import { configFlag } from '../flags/config-flags.js';
import { progressFlags } from '../flags/progress-flags.js';
import { summaryFlags } from '../flags/summary-flags.js';
import { interruption } from '../interruption.js';
import { print, progressLine, takesStdout, tell } from '../terminal.js';

export default class Run extends Command {
  static override summary = 'Run a pipeline of a config file.';

  static override description =
    `Reads pwalk.config.ts (or .mts, .mjs, .js, .json, .yaml) and runs the pipeline NAME of it, or the one called default. Paths take the place of the config's roots. Write a config with \`pwalk init\`.

As root no config is looked for in the working directory, and one that is not root's alone is refused.

Exit status: 0 complete, 1 failed, 2 usage or an invalid config, 3 finished but something could not be read or changed, 4 refused, or an entry matched with --fail-on-match, 5 an output could not be written, 75 an action stopped at a limit, 130 and 143 by signal.`;

  static override usage = 'run [NAME] [PATH...] [-c FILE] [--dry-run] [--fail-on-match]';

  static override examples = [
    '<%= config.bin %> run',
    '<%= config.bin %> run nightly /data',
    '<%= config.bin %> run -c check.config.mjs --fail-on-match /srv/www',
  ];

  static override strict = false;

  static override flags = {
    config: configFlag(),
    'dry-run': Flags.boolean({
      description: 'plan actions, print what they would do, and do nothing',
    }),
    'fail-on-match': Flags.boolean({
      description: 'end with status 4 when an entry comes through the filters',
    }),
    ...progressFlags,
    ...summaryFlags,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Run);
    const { configuredPipeline } = await import('../configured-pipeline.js');
    const { escapeText } = await import('@pwalk/core');
    const pipeline = await configuredPipeline({
      file: flags.config,
      command: 'run',
      words: exactArguments(argv.map(String)),
    });
    const { outputPaths, runConfigured } = await import('../run-pipeline.js');
    const isStdoutTaken = await takesStdout(outputPaths(pipeline));
    const line = flags.progress && !flags.quiet ? await progressLine(isStdoutTaken) : null;
    const dryRun = flags['dry-run'] || pipeline.spec.dryRun === true;
    const summary = await runConfigured(pipeline, {
      dryRun,
      failOnMatch: flags['fail-on-match'],
      signal: interruption.signal,
      onWarning: (message, plugin) => {
        line?.clear();
        if (!flags.quiet) tell(`${plugin}: ${message}`);
      },
      onEffect: (planned) => {
        if (!dryRun || flags.quiet) return;
        line?.clear();
        for (const { effect, path, summary } of planned.each?.() ?? [planned])
          print(
            `would ${escapeText(effect)} ${escapeText(path)}: ${escapeText(summary)}`,
            process.stderr,
          );
      },
      onProgress: line === null ? undefined : (progress) => line.show(progress),
    }).finally(() => line?.clear());
    process.exitCode = summary.exitCode;
    const { formatRun, jsonRun } = await import('../format-run.js');
    const text = flags.json ? jsonRun(summary) : flags.quiet ? null : formatRun(summary);
    if (text === null) return;
    // Where data goes to standard output, by whatever name, the summary does not.
    const isTaken = await takesStdout(summary.outputs.map(({ path }) => path));
    print(text, isTaken ? process.stderr : process.stdout);
  }
}
