import { ENTRY_SCHEMA_VERSION, type ScanFacts, type Success } from '@pwalk/core';

/**
 * The key-value pairs of a file's footer: what was scanned, how, by whom, and how it ended.
 * Values that are not plain text are JSON.
 */
export function fileMetadata(
  scan: ScanFacts,
  outcome: Success,
  added: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map([
    ...scanMetadata(scan),
    ['pwalk.finished_at', outcome.finishedAt.toISOString()],
    ['pwalk.counts', json(outcome.accounting)],
    ['pwalk.complete', String(outcome.complete)],
    ...Object.entries(added),
  ]);
}

/** Those of them that are known when a scan begins. */
export function scanMetadata(scan: ScanFacts): ReadonlyMap<string, string> {
  return new Map([
    ['pwalk.schema_version', String(ENTRY_SCHEMA_VERSION)],
    ['pwalk.scan_id', scan.id],
    ['pwalk.roots', json(scan.roots)],
    ['pwalk.host', scan.host],
    ['pwalk.version', scan.version],
    ['pwalk.options', json(scan.options)],
    ['pwalk.started_at', scan.startedAt.toISOString()],
  ]);
}

/** JSON, in which a bigint is a number where a double holds it exactly, else a string of digits. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'bigint') return part;
    const number = Number(part);
    return Number.isSafeInteger(number) ? number : String(part);
  });
}
