import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { initFormats } from '../init-config.js';

export default class Init extends Command {
  static override summary = 'Write a commented config file to start from.';

  static override description =
    `Writes pwalk.config.mjs, or .ts or .yaml, into the working directory. A config that is there is never overwritten.`;

  static override examples = ['<%= config.bin %> init', '<%= config.bin %> init --format yaml'];

  static override flags = {
    format: Flags.option({
      options: initFormats,
      description: 'mjs, ts or yaml',
      default: 'mjs',
    })(),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(Init);
    const { initConfig } = await import('../init-config.js');
    console.log(
      `${initConfig(process.cwd(), flags.format)}: next, pwalk explain -c and pwalk run -c`,
    );
  }
}
