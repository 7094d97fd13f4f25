import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { PwalkError } from '../errors/pwalk-error.js';
import type { ScanFacts } from '../plugin/context.js';
import { CORE_VERSION } from '../version.js';

/** Bytes a pipeline may use beyond what Node takes, when nobody says. */
export const DEFAULT_MEMORY = 256 * 1024 * 1024;

/** The facts of a run that starts now, completed by what the caller knows. */
export function scanFacts(known: Partial<ScanFacts> = {}): ScanFacts {
  return {
    id: randomUUID(),
    roots: [],
    rootBytes: [],
    host: hostname(),
    version: CORE_VERSION,
    startedAt: new Date(),
    options: {},
    ...known,
  };
}

/** The error of a run that was cancelled; a reason that is a `PwalkError` already is kept. */
export function cancelled(reason: unknown): PwalkError {
  return reason instanceof PwalkError
    ? reason
    : new PwalkError(
        'PWALK_CANCELLED',
        'The run was cancelled; unfinished outputs were discarded.',
        { cause: reason },
      );
}
