import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { tell } from '../../terminal.js';

export default class Check extends Command {
  static override summary =
    'Look at a plugin before it is used: what it exports, and for which pwalk.';

  static override description =
    `Loads the package or file as a config in the working directory would, and prints each plugin it exports.

Exit status: 0 every plugin fits, 2 there is none or one is for another version of pwalk, 4 refused (as root, a file that somebody else can write).`;

  static override examples = [
    '<%= config.bin %> plugins check pwalk-sink-histogram',
    '<%= config.bin %> plugins check ./dist/index.js',
  ];

  static override args = {
    plugin: Args.string({ description: 'package, or file beginning with ./ or /', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(Check);
    const { fitsRange, loadPlugin } = await import('@pwalk/core/config');
    const { CORE_VERSION, escapeText, PwalkError } = await import('@pwalk/core');
    const { pluginLine, pluginsOf } = await import('../../plugins/describe-plugin.js');
    const { builtIns } = await import('../../built-ins.js');
    const builtIn = Object.hasOwn(builtIns, args.plugin) ? builtIns[args.plugin] : undefined;
    const module =
      builtIn === undefined
        ? await loadPlugin(args.plugin, { directory: process.cwd(), builtIns })
        : { default: await builtIn() };
    const found = pluginsOf(module);
    if (found.length === 0) {
      throw new PwalkError(
        'PWALK_PLUGIN_MISSING',
        `"${escapeText(args.plugin)}" exports no plugin; a plugin is what definePlugin() returns, exported by default or by name.`,
      );
    }
    for (const { exported, plugin } of found) {
      const use = exported === 'default' ? args.plugin : `${args.plugin}#${exported}`;
      console.log(pluginLine(plugin, use));
      if (await fitsRange(plugin.pwalk)) continue;
      tell(
        `Plugin "${escapeText(plugin.name)}" asks for @pwalk/core ${escapeText(plugin.pwalk)} and this is ${CORE_VERSION}; install a version of the plugin that fits.`,
      );
      process.exitCode = 2;
    }
  }
}
