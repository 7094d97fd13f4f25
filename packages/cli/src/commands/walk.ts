import { lstatSync, statSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { escapeText, exitCodes, PwalkError } from '@pwalk/core';
import { BufferedOutput } from '../buffered-output.js';
import { exactArguments } from '../exact-arguments.js';
import { pruneFlags, pruneSettings } from '../flags/prune-flags.js';
import { scanFlags } from '../flags/scan-flags.js';
import { interruption } from '../interruption.js';
import { tell } from '../terminal.js';

export default class Walk extends Command {
  static override summary = 'Print a directory tree as it is read.';

  static override description =
    `Prints the path of every entry below each PATH, and PATH itself, one a line and escaped where a name could mislead a terminal, in the order of the file system.

Snapshot directories are left out unless --snapshots is given. What is excluded is not printed; what is too deep or on another file system is printed and not entered.

Exit status: 0 complete, 1 failed, 2 usage, 3 finished but something could not be read, 5 the output could not be written, 130 and 143 by signal.`;

  static override examples = [
    '<%= config.bin %> walk /data',
    '<%= config.bin %> walk / -x --exclude node_modules --max-depth 3',
    '<%= config.bin %> walk /data --print0 | xargs -0 ls -ld',
    '<%= config.bin %> walk /data --bottom-up --json',
  ];

  static override strict = false;

  static override args = {
    path: Args.string({ description: 'directory to walk; several may be given', required: true }),
  };

  static override flags = {
    json: Flags.boolean({
      description: 'print one JSON object a line for each directory: dirpath, dirnames, filenames',
      exclusive: ['print0'],
    }),
    print0: Flags.boolean({ description: 'print exact paths, each followed by a NUL byte' }),
    'bottom-up': Flags.boolean({ description: 'print what is in a directory before it' }),
    'read-ahead': Flags.boolean({
      description: 'read ahead on FUSE and unknown file systems too',
    }),
    threads: scanFlags.threads,
    snapshots: scanFlags.snapshots,
    ...pruneFlags,
    'follow-symlinks': Flags.boolean({
      description: 'enter symbolic links to directories, but for those that lead upward',
      helpGroup: 'PRUNE',
    }),
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Walk);
    const pruning = pruneSettings(flags);
    const tops = exactArguments(argv.map(String));
    for (const top of tops) checkTop(top);
    const { decodePath, walkPruned } = await import('@pwalk/native-walker');
    const { jsonSteps, lines, nulTerminated } = await import('../tree-text.js');
    const format = flags.json ? jsonSteps : flags.print0 ? nulTerminated : lines;
    const topdown = !flags['bottom-up'];
    const output = new BufferedOutput(process.stdout);
    // All before anything is printed: what is wrong with the options shows here.
    const walks = tops.map((top) => ({
      top,
      steps: walkPruned(top, pruning, {
        topdown,
        followlinks: flags['follow-symlinks'],
        ignoreSnapshots: !flags.snapshots,
        maxThreads: flags.threads,
        readAhead: flags['read-ahead'] ? true : undefined,
        signal: interruption.signal,
        onerror: (error) => {
          // What vanished while we walked is nobody's fault.
          if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return;
          process.exitCode = exitCodes.incomplete;
          tell(error.message);
        },
      }),
    }));
    for (const { top, steps } of walks) {
      const name = format.top(typeof top === 'string' ? top : decodePath(top));
      if (topdown) await output.write(name);
      if (isDirectory(top) && pruning.maxDepth !== 0) {
        for await (const step of steps) await output.write(format.step(step));
      }
      if (!topdown) await output.write(name);
    }
    await output.flush();
  }
}

/** @throws PwalkError `PWALK_ROOT_MISSING` */
function checkTop(top: string | Buffer): void {
  try {
    lstatSync(top);
  } catch (cause) {
    const errno = cause instanceof Error && 'errno' in cause ? Number(cause.errno) : 0;
    const [code, reason] = getSystemErrorMap().get(errno) ?? ['', String(cause)];
    throw new PwalkError(
      'PWALK_ROOT_MISSING',
      `Cannot walk "${escapeText(top)}": ${reason} (${code}). Check the path.`,
      { cause },
    );
  }
}

/** Whether there is something to enter: where that cannot be found out, the walk says why. */
function isDirectory(top: string | Buffer): boolean {
  try {
    return statSync(top, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    // A link that goes round leads nowhere, as one that dangles.
    return !(error instanceof Error && 'code' in error && error.code === 'ELOOP');
  }
}
