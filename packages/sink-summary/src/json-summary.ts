import type { ScanFacts, Success } from '@pwalk/core';
import type { GroupTotal } from './groups.js';
import type { Histogram } from './histogram.js';
import type { ScanTotals } from './scan-totals.js';

/** The summary as JSON, version 1. A number beyond what a double holds exactly is a text of digits. */
export function jsonSummary(
  totals: ScanTotals,
  scan: ScanFacts,
  outcome: Success,
  mostExtensions: number,
): string {
  const extensions = totals.extensions.totals();
  const told = extensions.filter(({ key }) => key !== null).slice(0, mostExtensions);
  const rest = extensions.filter((total) => !told.includes(total));
  return `${JSON.stringify(
    {
      version: 1,
      scan: {
        id: scan.id,
        roots: scan.roots,
        host: scan.host,
        pwalk: scan.version,
        startedAt: scan.startedAt.toISOString(),
        finishedAt: outcome.finishedAt.toISOString(),
        complete: outcome.complete,
        counts: outcome.accounting,
      },
      types: totals.types.totals().map(({ key, ...sums }) => ({ type: key, ...sums })),
      owners: named(totals.owners.totals(), totals.ownerNames, 'uid'),
      groups: named(totals.groups.totals(), totals.groupNames, 'gid'),
      extensions: told.map(({ key, entries, ...sums }) => ({ ext: key, files: entries, ...sums })),
      otherExtensions: {
        files: rest.reduce((sum, { entries }) => sum + entries, 0),
        bytes: rest.reduce((sum, { bytes }) => sum + bytes, 0n),
        allocated: rest.reduce((sum, { allocated }) => sum + allocated, 0n),
      },
      sizes: buckets(totals.sizes, 'upToBytes'),
      ages: {
        mtime: buckets(totals.ages.mtime, 'upToSeconds'),
        atime: buckets(totals.ages.atime, 'upToSeconds'),
      },
    },
    exact,
    1,
  )}\n`;
}

function named(
  totals: readonly GroupTotal<number>[],
  names: ReadonlyMap<number, string>,
  id: 'uid' | 'gid',
): readonly object[] {
  return totals.map(({ key, ...sums }) => ({
    [id]: key,
    name: key === null ? null : (names.get(key) ?? null),
    ...sums,
  }));
}

function buckets(histogram: Histogram, bound: string): readonly object[] {
  return histogram.buckets().map(({ upTo, ...sums }) => ({ [bound]: upTo, ...sums }));
}

function exact(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}
