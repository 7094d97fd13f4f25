import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { CORE_VERSION } from '@pwalk/core';
import { pruneOptions } from '@pwalk/native-walker';
import { isCompression } from '../compression.js';
import type { ReportOptions, ReportPlan } from '../report-options.js';
import type { CheckpointPlan } from './checkpoint-options.js';
import { type KeptFilter, keptFilters } from './kept-filters.js';
import type { ScanDirectory } from './scan-directory.js';
import type { ScanHead, ScanState } from './scan-state.js';
import { fileOf, isSingleFile } from './single-file.js';

/** The first commit of a scan: how it was asked for, and that nothing is walked yet. */
export async function firstState(
  plan: ReportPlan,
  { interval, partSize }: CheckpointPlan,
  filters: readonly KeptFilter[],
  directory: ScanDirectory,
): Promise<ScanState> {
  const { excludeFrom = [], excludePaths = [], exclude = [], ...prune } = pruneOptions.parse(plan);
  const { threads, memory, snapshots, stat, opTimeout, constants, outputs } = plan;
  const { errors, directories, hardLinks, failOnMatch, overflow, spillDir, spillLimit } = plan;
  const place = (file: string | undefined) => (file === undefined ? undefined : resolve(file));
  const columns = outputs[0]?.columns;
  // Files of patterns may change before the scan is resumed: it goes by its own copies.
  const keepAll = (files: readonly string[], name: string) =>
    Promise.all(files.map((file, at) => directory.keep(file, `${name}-${at}`)));
  const head: ScanHead = {
    id: randomUUID(),
    startedAt: new Date().toISOString(),
    host: hostname(),
    pwalk: CORE_VERSION,
    directory: process.cwd(),
    settings: {
      roots: plan.roots.map(base64),
      ...(columns === undefined ? {} : { columns: [...columns] }),
      ...(outputs[0]?.compression === undefined ? {} : { compression: outputs[0].compression }),
      constants: { ...constants },
      exclude: exclude.map((glob) => base64(Buffer.from(glob))),
      excludeFrom: await keepAll(excludeFrom, 'exclude-from'),
      excludePaths: await keepAll(excludePaths, 'exclude-paths'),
      ...defined({ ...prune, threads, memory, overflow, spillLimit, opTimeout, failOnMatch }),
      ...defined({
        spillDir: place(spillDir),
        errors: place(errors),
        directories: place(directories),
        hardLinks: place(hardLinks),
      }),
      snapshots,
      stat,
      interval,
      partSize,
      singleFile: isSingleFile(outputs[0]?.path ?? ''),
      filters: [...filters],
    },
  };
  return {
    generation: 0,
    scan: head,
    roots: [],
    parts: [],
    errors: [],
    totals: [],
    accounting: null,
    errorExamples: [],
    spilledBytes: 0,
    overflow: null,
    seconds: 0,
    directoriesLeft: null,
    frontier: null,
    published: null,
  };
}

/**
 * The scan as it was asked for.
 * @param directory where it is
 * @throws PwalkError `PWALK_RESUME_REFUSED`
 */
export async function requestOf(
  { settings }: ScanHead,
  directory: string,
): Promise<{ roots: readonly Buffer[]; options: ReportOptions }> {
  const { roots, exclude, compression, interval, partSize, singleFile, filters, ...others } =
    settings;
  const output = singleFile ? fileOf(directory) : directory;
  return {
    roots: roots.map(bytes),
    options: {
      ...others,
      filters: await keptFilters(filters, directory),
      ...(isCompression(compression) ? { compression } : {}),
      exclude: exclude?.map(bytes),
      output,
      checkpoint: { interval, partSize },
    },
  };
}

function base64(of: Uint8Array): string {
  return Buffer.from(of).toString('base64');
}

function bytes(of: string): Buffer {
  return Buffer.from(of, 'base64');
}

/** Without the members that are undefined. */
export function defined<T extends object>(of: T): T {
  const given = Object.entries(of).filter(([, value]) => value !== undefined);
  return Object.assign(Object.create(Object.prototype), Object.fromEntries(given));
}
