import type { Field } from '@pwalk/core';

/**
 * How a column's values are laid out in the file.
 * - `dictionary`: few distinct values; where that does not pay the encoder turns to `delta`;
 * - `delta`: integers as differences, text as lengths and bytes;
 * - `prefix`: text that begins like the row before;
 * - `plain`: as they are.
 */
export type ColumnLayout = 'plain' | 'dictionary' | 'delta' | 'prefix';

/** Columns whose values are known to be something else than few and repeated. */
const known = new Map<string, ColumnLayout>([
  ['path', 'prefix'],
  ['name', 'delta'],
  ['inode', 'delta'],
  ['size', 'delta'],
]);

export function columnLayout({ name, type }: Field): ColumnLayout {
  switch (type) {
    case 'bool':
    case 'float64':
      return 'plain';
    case 'timestamp':
    case 'binary':
      return 'delta';
    case 'dictionary':
      return 'dictionary';
    case 'utf8':
      return known.get(name) ?? 'dictionary';
    default: {
      const layout = known.get(name) ?? 'dictionary';
      return layout === 'prefix' ? 'delta' : layout;
    }
  }
}
