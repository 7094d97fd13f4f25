import { errorCount, escapeMessage, type ScanFacts, type Success } from '@pwalk/core';
import type { GroupTotal } from './groups.js';
import type { Histogram } from './histogram.js';
import type { ScanTotals } from './scan-totals.js';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | bigint];

/**
 * The summary in Prometheus' text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/), for the textfile collector.
 * @param labels put on every sample, as `{ cluster: 'a' }`
 */
export function prometheusText(
  totals: ScanTotals,
  scan: ScanFacts,
  outcome: Success,
  { labels, mostExtensions }: { readonly labels: Labels; readonly mostExtensions: number },
): string {
  const text = new MetricsText(labels);
  const types = totals.types.totals();
  const extensions = totals.extensions.totals();
  const told = extensions.filter(({ key }) => key !== null).slice(0, mostExtensions);
  text.gauge('pwalk_scan_start_timestamp_seconds', 'When the scan began.', [
    [{}, scan.startedAt.getTime() / 1000],
  ]);
  text.gauge('pwalk_scan_end_timestamp_seconds', 'When the scan was over.', [
    [{}, outcome.finishedAt.getTime() / 1000],
  ]);
  text.gauge('pwalk_scan_complete', 'Whether nothing is missing from the result.', [
    [{}, outcome.complete ? 1 : 0],
  ]);
  const { accounting } = outcome;
  if (accounting !== null) {
    text.gauge('pwalk_scan_errors', 'Entries that could not be read.', [
      [{}, errorCount(accounting)],
    ]);
  }
  const byType = (value: (total: GroupTotal<string>) => number | bigint): Sample[] =>
    types.map((total) => [{ type: total.key ?? 'unknown' }, value(total)]);
  text.gauge(
    'pwalk_entries',
    'Entries by type.',
    byType(({ entries }) => entries),
  );
  text.gauge(
    'pwalk_bytes',
    'Apparent bytes by type, directories aside.',
    byType(({ bytes }) => bytes),
  );
  text.gauge(
    'pwalk_allocated_bytes',
    'Allocated bytes by type.',
    byType(({ allocated }) => allocated),
  );
  for (const [what, id, all, names] of [
    ['owner', 'uid', totals.owners.totals(), totals.ownerNames],
    ['group', 'gid', totals.groups.totals(), totals.groupNames],
  ] as const) {
    const by = (value: (total: GroupTotal<number>) => number | bigint): Sample[] =>
      all.map((total) => [accountLabels(total.key, names, what, id), value(total)]);
    text.gauge(
      `pwalk_${what}_entries`,
      `Entries by ${what}.`,
      by(({ entries }) => entries),
    );
    text.gauge(
      `pwalk_${what}_bytes`,
      `Apparent bytes by ${what}.`,
      by(({ bytes }) => bytes),
    );
    text.gauge(
      `pwalk_${what}_allocated_bytes`,
      `Allocated bytes by ${what}.`,
      by(({ allocated }) => allocated),
    );
  }
  text.gauge(
    'pwalk_extension_files',
    'Files by extension, those with the most bytes.',
    told.map(({ key, entries }) => [{ ext: key ?? '' }, entries]),
  );
  text.gauge(
    'pwalk_extension_bytes',
    'Apparent bytes by extension, those with the most.',
    told.map(({ key, bytes }) => [{ ext: key ?? '' }, bytes]),
  );
  text.histogram('pwalk_file_size_bytes', 'Sizes of files.', [[{}, totals.sizes]]);
  text.histogram('pwalk_file_age_seconds', 'Ages of files at the start of the scan.', [
    [{ time: 'mtime' }, totals.ages.mtime],
    [{ time: 'atime' }, totals.ages.atime],
  ]);
  text.gauge(
    'pwalk_file_bytes_up_to_age',
    'Apparent bytes of files no older than that many seconds.',
    [...bytesUpTo('mtime', totals.ages.mtime), ...bytesUpTo('atime', totals.ages.atime)],
  );
  return text.toString();
}

function accountLabels(
  key: number | null,
  names: ReadonlyMap<number, string>,
  what: 'owner' | 'group',
  id: 'uid' | 'gid',
): Labels {
  return {
    [id]: key === null ? '' : String(key),
    [what]: key === null ? '' : (names.get(key) ?? ''),
  };
}

function bytesUpTo(time: string, histogram: Histogram): Sample[] {
  let bytes = 0n;
  return histogram.buckets().map((bucket): Sample => {
    bytes += bucket.bytes;
    return [{ time, seconds: bound(bucket.upTo) }, bytes];
  });
}

function bound(upTo: number | null): string {
  return upTo === null ? '+Inf' : String(upTo);
}

class MetricsText {
  readonly #common: Labels;
  readonly #lines: string[] = [];

  constructor(common: Labels) {
    this.#common = common;
  }

  gauge(name: string, help: string, samples: readonly Sample[]): void {
    if (samples.length === 0) return;
    this.#head(name, help, 'gauge');
    for (const [labels, value] of samples) this.#sample(name, labels, value);
  }

  histogram(
    name: string,
    help: string,
    histograms: readonly (readonly [labels: Labels, histogram: Histogram])[],
  ): void {
    this.#head(name, help, 'histogram');
    for (const [labels, histogram] of histograms) {
      let files = 0;
      for (const bucket of histogram.buckets()) {
        files += bucket.files;
        this.#sample(`${name}_bucket`, { ...labels, le: bound(bucket.upTo) }, files);
      }
      this.#sample(`${name}_sum`, labels, histogram.sum);
      this.#sample(`${name}_count`, labels, files);
    }
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #head(name: string, help: string, type: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  #sample(name: string, labels: Labels, value: number | bigint): void {
    const pairs = Object.entries({ ...this.#common, ...labels }).map(
      ([key, text]) => `${key}="${labelText(text)}"`,
    );
    this.#lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  }
}

/** A label's value: backslashes, quotes and line breaks escaped as the format has it, and nothing for a terminal. */
function labelText(text: string): string {
  return escapeMessage(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
