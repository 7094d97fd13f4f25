import { fileURLToPath } from 'node:url';
import { run } from '@oclif/core/run';
import { exitCodes, PwalkError } from '@pwalk/core';
import { losslessArguments } from './exact-arguments.js';
import { interruption } from './interruption.js';
import { StandardOutput } from './standard-output.js';
import { tell } from './terminal.js';

/**
 * Runs the command line and sets the exit status; see `docs/reference/exit-codes.md`.
 * @param ended called when all is done and the status is known
 */
export async function main(
  argv: string[],
  entry: string,
  ended: () => Promise<void> = async () => {},
): Promise<void> {
  const standardOutput = new StandardOutput(outputCommands.has(argv[0] ?? ''));
  // Nobody reads our messages any more: that does not make the result worse.
  process.stderr.on('error', () => {});
  let hasFailed = false;
  try {
    // oclif's own plugins are code that any package.json below HOME may name: we have none.
    await run(losslessArguments(argv), { root: fileURLToPath(entry), userPlugins: false });
  } catch (error) {
    process.exitCode = report(error);
    hasFailed = true;
  }
  standardOutput.over(hasFailed);
  if (interruption.exitCode !== null) process.exitCode = interruption.exitCode;
  await ended();
  // What plugins left behind, a timer, a socket, a promise of their own, does not keep a run that is over.
  if (argv[0] !== undefined && pluginCommands.has(argv[0])) process.exit();
}

/** Commands whose outputs, standard output among them, say themselves what became of them. */
const outputCommands: ReadonlySet<string> = new Set(['report', 'run']);

/** Commands that run code of others. */
const pluginCommands: ReadonlySet<string> = new Set(['run', 'explain', 'plugins']);

/** Says what went wrong in one sentence and returns the status to end with. */
function report(error: unknown): number {
  if (error instanceof PwalkError) {
    if (error.code === 'PWALK_OUTPUT_CLOSED') return exitCodes.complete;
    const problems = error.problems.length > 0 ? error.problems : [error];
    for (const { message, excerpt } of problems) tell(message, excerpt);
    return error.exitCode;
  }
  const status = oclifStatus(error);
  if (status === 0) return 0;
  const message = error instanceof Error ? error.message : String(error);
  // oclif appends hints on lines of their own, and breaks lines inside its sentences.
  const [sentence = ''] = message.split(/\n(?:See more help|Note: )/);
  tell(sentence.trim().replace(/\s*\n\s*/g, ' '));
  return status ?? exitCodes.failed;
}

/** The status an oclif error asks for; usage errors have 2. */
function oclifStatus(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('oclif' in error)) return null;
  const { oclif } = error;
  return typeof oclif === 'object' &&
    oclif !== null &&
    'exit' in oclif &&
    typeof oclif.exit === 'number'
    ? oclif.exit
    : null;
}
