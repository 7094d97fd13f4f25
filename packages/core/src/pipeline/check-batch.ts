import { PwalkError } from '../errors/pwalk-error.js';
import type { CheckedStage } from './open-stage.js';

/**
 * Refuses what a plugin handed on in place of a batch. Batches of another copy of this package are batches.
 * @throws PwalkError `PWALK_PLUGIN_INVALID`
 */
export function checkBatch({ stage }: CheckedStage, hook: string, value: unknown): void {
  if (
    typeof value === 'object' &&
    value !== null &&
    'narrowedTo' in value &&
    'length' in value &&
    typeof value.length === 'number'
  )
    return;
  throw new PwalkError(
    'PWALK_PLUGIN_INVALID',
    `Plugin "${stage.name}" gave ${describe(value)} for a batch in ${hook}(); ${hook === 'map' ? 'return a batch, or null to drop it' : 'give batches only'}.`,
    { plugin: stage.name, hook },
  );
}

/** What a value is, for messages. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return Array.isArray(value)
    ? 'an array'
    : typeof value === 'object'
      ? 'an object'
      : `a ${typeof value}`;
}
