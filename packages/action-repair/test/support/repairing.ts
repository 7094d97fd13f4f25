import { walker } from '@pwalk/native-walker';
import { parquet } from '@pwalk/sink-parquet';
import { type PlanOutput, type RepairOptions, type RepairResult, repair } from '../../src/index.js';

/** What the command composes, without the command. */
export const stages = {
  source: (root: Uint8Array) => walker({ roots: [root], oneFileSystem: true }),
  planSink: (output: PlanOutput) => parquet({ ...output }),
};

/** Plans or repairs below `top`, where groups without names are allowed. */
export function repairing(top: string, options: RepairOptions = {}): Promise<RepairResult> {
  return repair(top, { allowUnknownGid: true, ...options }, stages);
}

/** The code of the error a promise rejects with, and that it is one sentence or two. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && !error.message.includes('\n')) {
      return String(error.code);
    }
    throw error;
  }
  throw new Error('nothing was refused');
}
