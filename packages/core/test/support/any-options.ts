import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A schema that takes whatever it is given, for plugins whose options a test does not care about. */
export function anyOptions<T = undefined>(): StandardSchemaV1<T, T> {
  return {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as T }) },
  };
}
