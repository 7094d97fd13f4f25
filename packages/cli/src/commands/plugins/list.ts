import { Command } from '@oclif/core/command';

export default class List extends Command {
  static override summary = 'List the plugins that a config may name without installing them.';

  override async run(): Promise<void> {
    await this.parse(List);
    const { pluginOf } = await import('@pwalk/core');
    const { builtIns } = await import('../../built-ins.js');
    const { pluginLine } = await import('../../plugins/describe-plugin.js');
    const lines = await Promise.all(
      Object.entries(builtIns).map(async ([use, load]) => {
        const plugin = pluginOf(await load());
        return plugin === null ? [] : [pluginLine(plugin, use)];
      }),
    );
    const order = ['source', 'filter', 'sink', 'action'];
    const rank = (line: string) => order.findIndex((kind) => line.startsWith(kind));
    console.log(
      lines
        .flat()
        .sort((a, b) => rank(a) - rank(b))
        .join('\n'),
    );
  }
}
