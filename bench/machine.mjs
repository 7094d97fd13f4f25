// What a figure was measured on, without what would name the machine.
import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';

const fileSystems = { 61267: 'ext4', 1481003842: 'xfs', 16914836: 'tmpfs', 2435016766: 'btrfs' };

/** One line: processors, memory, kernel, the file system a directory is on, and Node. */
export function machine(directory) {
  const fileSystem = fileSystems[statfsSync(directory).type] ?? 'another file system';
  return [
    cpus()[0]?.model ?? 'unknown processor',
    `${availableParallelism()} processors`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Linux ${release().split('-')[0]}`,
    fileSystem,
    `Node ${process.versions.node}`,
  ].join(', ');
}
