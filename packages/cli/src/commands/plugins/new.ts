import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { kinds } from '../../plugins/new-plugin.js';

export default class New extends Command {
  static override summary = 'Start a plugin: a package with code, tests and an example config.';

  static override examples = [
    '<%= config.bin %> plugins new sink pwalk-sink-histogram',
    '<%= config.bin %> plugins new filter @site/pwalk-filter-projects --directory projects',
  ];

  static override args = {
    kind: Args.string({
      description: 'source, filter, sink or action',
      options: [...kinds],
      required: true,
    }),
    name: Args.string({
      description: 'name of the package: pwalk-KIND-x or @scope/pwalk-KIND-x',
      required: true,
    }),
  };

  static override flags = {
    directory: Flags.string({
      description: 'where to; a directory of the plugin’s name when not given',
      helpValue: 'DIR',
    }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(New);
    const kind = kinds.find((kind) => kind === args.kind);
    if (kind === undefined) return;
    const { newPlugin } = await import('../../plugins/new-plugin.js');
    const { escapeText } = await import('@pwalk/core');
    const path = newPlugin({ kind, name: args.name, directory: flags.directory });
    console.log(`${escapeText(path)}: next, npm install && npm test`);
  }
}
