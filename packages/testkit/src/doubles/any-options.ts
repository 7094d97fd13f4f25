import type { StandardSchemaV1 } from '@pwalk/core';

/** A schema that takes whatever it is given: for plugins that only tests make stages of. */
export function anyOptions<T>(): StandardSchemaV1<T, T> {
  return {
    '~standard': { version: 1, vendor: 'pwalk', validate: (value) => ({ value: value as T }) },
  };
}
