import {
  defaultEntrySchema,
  type EntryBatch,
  type EntrySchema,
  type MapFilter,
  PwalkError,
  type Stage,
  type StageContext,
} from '@pwalk/core';

/** When runs of these tests begin. */
export const startedAt = new Date('2024-03-31T12:00:00Z');

export const context: StageContext = {
  stage: 'filter#1',
  scan: {
    id: 'scan-1',
    roots: [],
    rootBytes: [],
    host: 'node7',
    version: '0.1.0',
    startedAt,
    options: {},
  },
  signal: new AbortController().signal,
  dryRun: false,
  memory: 2 ** 28,
  warn: () => {},
};

/** A filter made and opened as the engine does it. */
export async function openFilter(
  stage: Stage<'filter'>,
  schema: EntrySchema = defaultEntrySchema,
): Promise<MapFilter> {
  const { plugin } = stage;
  const checked = await plugin.options['~standard'].validate(stage.options);
  if (checked.issues !== undefined) {
    throw new Error(checked.issues.map(({ message }) => message).join('; '));
  }
  const filter = await plugin.create(checked.value);
  if (!('map' in filter)) throw new Error('not a filter that maps');
  await filter.open?.(schema, context);
  return filter;
}

/** The positions of the rows a filter keeps. */
export async function kept(stage: Stage<'filter'>, batch: EntryBatch): Promise<number[]> {
  const filter = await openFilter(stage, batch.schema);
  const left = await filter.map(batch, context);
  if (left === null) return [];
  return left.selection === null
    ? Array.from({ length: left.length }, (_, row) => row)
    : [...left.selection];
}

/** The message a filter is refused with, and the lines below it. */
export async function refusal(make: () => Stage<'filter'>): Promise<string> {
  try {
    await openFilter(make());
  } catch (error) {
    if (error instanceof PwalkError && error.code === 'PWALK_OPTIONS_INVALID') {
      return [error.message, ...error.excerpt].join('\n');
    }
    if (error instanceof PwalkError || !(error instanceof Error)) throw error;
    return error.message;
  }
  throw new Error('it was not refused');
}
