import {
  type Accounting,
  type EntryState,
  type EntryType,
  entryStates,
  entryTypes,
} from '@pwalk/core';

/** Counts of a walk, by position in the vocabularies of the schema. */
interface Counts {
  read: number;
  rows: number;
  vanished: number;
  excluded: number;
  types: readonly number[];
  states: readonly number[];
  bytes: bigint;
  clampedTimes: number;
}

/** Counts of a walk while it runs. */
interface Tally extends Counts {
  types: number[];
  states: number[];
}

export function emptyTally(): Tally {
  return {
    read: 0,
    rows: 0,
    vanished: 0,
    excluded: 0,
    types: entryTypes.map(() => 0),
    states: entryStates.map(() => 0),
    bytes: 0n,
    clampedTimes: 0,
  };
}

/** The account of a finished walk; `sized` when sizes were read. */
export function toAccounting(tally: Readonly<Counts>, sized: boolean): Accounting {
  const ofType = (type: EntryType) => tally.types[entryTypes.indexOf(type)] ?? 0;
  const states: Partial<Record<EntryState, number>> = {};
  entryStates.forEach((state, code) => {
    const count = tally.states[code] ?? 0;
    if (count > 0) states[state] = count;
  });
  const files = ofType('file');
  const directories = ofType('directory');
  const symlinks = ofType('symlink');
  return {
    read: tally.read,
    rows: tally.rows,
    vanished: tally.vanished,
    excluded: tally.excluded,
    files,
    directories,
    symlinks,
    other: tally.rows - files - directories - symlinks,
    bytes: sized ? tally.bytes : null,
    states,
    clampedTimes: tally.clampedTimes,
  };
}
