import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { exactArguments } from '../exact-arguments.js';
import { checkpointFlags, checkpointSettings } from '../flags/checkpoint-flags.js';
import { configFlag } from '../flags/config-flags.js';
import { filterFlags, filtersOf } from '../flags/filter-flags.js';
import { outputFlags, outputRequest } from '../flags/output-flags.js';
import { pruneFlags, pruneSettings } from '../flags/prune-flags.js';
import { scanFlags, scanSettings } from '../flags/scan-flags.js';
import { print } from '../terminal.js';

/**
 * Whether a config is meant: without words, or where the first is written like a name and nothing
 * that is there. What could be walked is a path, and no config is looked for.
 */
async function isOfConfig([first]: readonly string[]): Promise<boolean> {
  if (first === undefined) return true;
  if (first.includes('/') || first.includes('\ufffd')) return false;
  const { lstat } = await import('node:fs/promises');
  return lstat(first).then(
    () => false,
    (error) => error.code === 'ENOENT',
  );
}

const reportFlags = {
  ...outputFlags,
  ...filterFlags,
  ...scanFlags,
  ...pruneFlags,
  ...checkpointFlags,
};

export default class Explain extends Command {
  static override summary =
    'Say how a report or a configured pipeline would be run, and do nothing.';

  static override description =
    `Prints the stages of \`pwalk report\` with the same paths and flags, the columns that the walk is asked for, and the system calls that takes for each entry and directory. Nothing is read or written.

With --config, without any path, and where the first word is no path but a NAME, it is the pipeline NAME of a config, else the one called default, checked as by \`pwalk run\`.

Exit status: 0, or 2 for usage.`;

  static override examples = [
    '<%= config.bin %> explain /data',
    '<%= config.bin %> explain /data -o names.csv --columns path,type',
    '<%= config.bin %> explain nightly',
    '<%= config.bin %> explain -c pwalk.config.mjs nightly',
  ];

  static override strict = false;

  static override args = {
    path: Args.string({
      description: 'directory or file to walk; several may be given',
      required: false,
    }),
  };

  static override flags = {
    ...reportFlags,
    config: configFlag(Object.keys(reportFlags)),
    json: Flags.boolean({ description: 'print one JSON object' }),
  };

  override async run(): Promise<void> {
    const { argv, flags, raw } = await this.parse(Explain);
    const isReport = raw.some((token) => token.type === 'flag' && token.flag in reportFlags);
    if (flags.config !== undefined || (!isReport && (await isOfConfig(argv.map(String))))) {
      return this.#configured(flags.config, argv.map(String), flags.json);
    }
    const { output, ...wanted } = outputRequest(flags);
    const options = {
      ...scanSettings(flags),
      ...pruneSettings(flags),
      ...checkpointSettings(flags),
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

  async #configured(file: string | undefined, words: string[], json: boolean): Promise<void> {
    const { configuredPipeline } = await import('../configured-pipeline.js');
    const { explainConfigured, formatConfigured } = await import(
      '../explain/explain-configured.js'
    );
    const pipeline = await configuredPipeline({
      file,
      command: 'explain',
      words: exactArguments(words),
    }).catch(async (error) => {
      const { escapeText, PwalkError } = await import('@pwalk/core');
      const [word] = words;
      if (file !== undefined || word === undefined || error.code !== 'PWALK_CONFIG_MISSING')
        throw error;
      const message = `"${escapeText(word)}" is not there to be walked, and not the name of a pipeline: ${error.message}`;
      throw new PwalkError('PWALK_CONFIG_MISSING', message, { cause: error });
    });
    const explanation = await explainConfigured(pipeline);
    print(json ? JSON.stringify(explanation) : formatConfigured(explanation), process.stdout);
  }
}
