import { lstat, statfs } from 'node:fs/promises';
import { decodeName } from '@pwalk/core';
import type { ReportPlan } from './report-options.js';

/**
 * How many entries a report is going to find, for the estimate of the time left: as many as in the file
 * that it replaces, when that is a whole scan of the same roots; else as many as the file systems have
 * inodes, when every root is a file system of its own. Null where neither tells.
 */
export async function expectedEntries({ roots, outputs }: ReportPlan): Promise<number | null> {
  for (const { path, format } of outputs) {
    const before = format === 'parquet' ? await entriesOf(path, roots) : null;
    if (before !== null) return before;
  }
  const counts = await Promise.all(roots.map(inodesBelow));
  return counts.reduce(
    (sum, count) => (sum === null || count === null ? null : sum + count),
    0 as number | null,
  );
}

/** Rows of an earlier scan of these roots; null when the file is none, or is not whole. */
async function entriesOf(path: string, roots: readonly Uint8Array[]): Promise<number | null> {
  const { readMetadata } = await import('@pwalk/sink-parquet');
  const facts = await readMetadata(path);
  const names = JSON.stringify(roots.map((root) => decodeName(root).text));
  if (facts?.get('pwalk.complete') !== 'true' || facts.get('pwalk.roots') !== names) return null;
  const [, rows] = /"rows":(\d+)/.exec(facts.get('pwalk.counts') ?? '') ?? [];
  return rows === undefined ? null : Number(rows);
}

/** Inodes in use on the file system that begins at a root; null when none begins there, or it does not count. */
async function inodesBelow(root: Uint8Array): Promise<number | null> {
  const path = Buffer.from(root);
  try {
    const [here, above] = await Promise.all([
      lstat(path),
      lstat(Buffer.concat([path, Buffer.from('/..')])),
    ]);
    const begins = here.dev !== above.dev || here.ino === above.ino;
    if (!here.isDirectory() || !begins) return null;
    const { files, ffree } = await statfs(path);
    return files > ffree ? files - ffree : null;
  } catch {
    return null;
  }
}
