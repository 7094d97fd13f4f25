import * as Flags from '@oclif/core/flags';
import { entryTypes, type Stage } from '@pwalk/core';
import { checkExact } from '../exact-arguments.js';

const several = { multiple: true, multipleNonGreedy: true, helpGroup: 'FILTER' } as const;

/** Which entries are kept; together they keep what each of them does. */
export const filterFlags = {
  where: Flags.string({
    ...several,
    description: 'keep what this is true of, as "size > 1GiB && mtime < now - 2y"',
    helpValue: 'EXPR',
  }),
  type: Flags.option({
    ...several,
    options: entryTypes,
    description: 'keep entries of this type, or of one of these',
  })(),
  name: Flags.string({
    ...several,
    description: 'keep what has a name, or with a slash a path, like this or one of these',
    helpValue: 'GLOB',
  }),
  'larger-than': Flags.string({
    description: 'keep what has more bytes than this',
    helpValue: 'SIZE',
    helpGroup: 'FILTER',
  }),
  'smaller-than': Flags.string({
    description: 'keep what has fewer bytes than this',
    helpValue: 'SIZE',
    helpGroup: 'FILTER',
  }),
  'older-than': Flags.string({
    description: 'keep what was last changed longer ago than this, as 90d, 6mo or 2y',
    helpValue: 'AGE',
    helpGroup: 'FILTER',
  }),
  'newer-than': Flags.string({
    description: 'keep what was changed since then',
    helpValue: 'AGE',
    helpGroup: 'FILTER',
  }),
  owner: Flags.string({
    ...several,
    description: 'keep what belongs to this user, or to one of these',
    helpValue: 'NAME',
  }),
  group: Flags.string({
    ...several,
    description: 'keep what belongs to this group, or to one of these',
    helpValue: 'NAME',
  }),
};

export const failOnMatchFlag = Flags.boolean({
  description: 'end with status 4 when an entry comes through the filters',
  helpGroup: 'FILTER',
});

/** The filter flags as oclif parsed them. */
export interface ParsedFilterFlags {
  readonly where: readonly string[] | undefined;
  readonly type: readonly (typeof entryTypes)[number][] | undefined;
  readonly name: readonly string[] | undefined;
  readonly 'larger-than': string | undefined;
  readonly 'smaller-than': string | undefined;
  readonly 'older-than': string | undefined;
  readonly 'newer-than': string | undefined;
  readonly owner: readonly string[] | undefined;
  readonly group: readonly string[] | undefined;
}

/** The filters the flags ask for. Loads none where none is. */
export async function filtersOf(flags: ParsedFilterFlags): Promise<readonly Stage<'filter'>[]> {
  const { where: expressions, type: types, name, owner: owners, group: groups } = flags;
  const { 'larger-than': larger, 'smaller-than': smaller } = flags;
  const { 'older-than': older, 'newer-than': newer } = flags;
  const given = [expressions, types, name, owners, groups, larger, smaller, older, newer];
  if (given.every((value) => value === undefined)) return [];
  checkExact(
    given.flat(),
    'A filter must be UTF-8; names are compared as they are shown, with other bytes as \\xHH.',
  );
  const { age, glob, group, owner, size, type, where } = await import('@pwalk/filters');
  // The cheap ones first.
  return [
    ...(types === undefined ? [] : [type([...types])]),
    ...(larger === undefined && smaller === undefined
      ? []
      : [size({ ...optional('over', larger), ...optional('under', smaller) })]),
    ...(older === undefined && newer === undefined
      ? []
      : [age({ ...optional('over', older), ...optional('under', newer) })]),
    ...(owners === undefined ? [] : [owner([...owners])]),
    ...(groups === undefined ? [] : [group([...groups])]),
    ...(name === undefined ? [] : [glob([...name])]),
    ...(expressions ?? []).map((expression) => where(expression)),
  ];
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  const given: Partial<Record<K, string>> = {};
  if (value !== undefined) given[key] = value;
  return given;
}
