import { type RepairOptions, type RepairResult, repair as repairWith } from '@pwalk/action-repair';
import { type PruneOptions, walker } from '@pwalk/native-walker';

export interface RepairSettings
  extends RepairOptions,
    Pick<PruneOptions, 'exclude' | 'excludeFrom' | 'excludePaths'> {}

/**
 * Plans the repair of groups, modes and owners of a directory and what is below it and, with
 * `apply: true`, makes the changes. Nothing is followed, nothing mounted below is entered, and what is
 * excluded is neither changed nor entered.
 *
 * ```ts
 * const { planned, byRule } = await repair('/data/proj', { forceGroupWritable: true });
 * ```
 *
 * @throws PwalkError; when its code ends in `_REFUSED` nothing was changed
 */
export function repair(
  top: string | Uint8Array,
  settings: RepairSettings = {},
): Promise<RepairResult> {
  const { exclude, excludeFrom, excludePaths, ...options } = settings;
  const { threads } = options;
  return repairWith(top, options, {
    source: (root) =>
      walker({
        roots: [root],
        oneFileSystem: true,
        ...(exclude === undefined ? {} : { exclude: [...exclude] }),
        ...(excludeFrom === undefined ? {} : { excludeFrom: [...excludeFrom] }),
        ...(excludePaths === undefined ? {} : { excludePaths: [...excludePaths] }),
        ...(threads === undefined ? {} : { threads }),
      }),
    planSink: async (output) => {
      const { parquet } = await import('@pwalk/sink-parquet');
      return parquet({ ...output });
    },
  });
}
