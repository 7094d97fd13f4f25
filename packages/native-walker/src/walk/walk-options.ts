import { escapeText, PwalkError } from '@pwalk/core';
import type { WalkProgress } from './traversal.js';
import type { WalkError } from './walk-error.js';

export interface WalkOptions {
  /** Directories before what is in them; false: after. @default true */
  readonly topdown?: boolean;
  /** Called for a directory that cannot be listed; the walk goes on with the next unless it throws. @default nothing is done */
  readonly onerror?: ((error: WalkError) => void) | undefined;
  /** Enter symbolic links to directories. A link to a directory above itself is a walk without end. @default false */
  readonly followlinks?: boolean;
  /** Threads that read for this walk. @default by the machine and the file system, see `PWALK_THREADS` */
  readonly maxThreads?: number | undefined;
  /** Leave directories of the names in `snapshotNames` out of `dirnames`. @default true */
  readonly ignoreSnapshots?: boolean;
  /** Text, in which bytes that are not UTF-8 are U+DC80 to U+DCFF; or Buffers. @default 'utf8' */
  readonly encoding?: 'utf8' | 'buffer';
  /**
   * How many directories may be listed before the walk gets there; 0 or false: none. What was listed is
   * used only if the directory is still the same then, which never shows, but where directory times
   * cannot be trusted: on FUSE, pseudo and unknown file systems nothing is read ahead unless this is
   * true or a number, which vouches for them. @default 1024, none on such file systems
   */
  readonly readAhead?: boolean | number | undefined;
  /** Ends the walk in `PWALK_CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** Called ten times a second at most, between steps, and once at the end. */
  readonly onProgress?: ((progress: WalkProgress) => void) | undefined;
  /** `auto`: the portable one where the native one cannot be loaded. @default 'auto' */
  readonly engine?: 'auto' | 'native' | 'portable';
}

export interface CheckedWalkOptions extends WalkOptions {
  readonly topdown: boolean;
  readonly followlinks: boolean;
  readonly ignoreSnapshots: boolean;
  readonly encoding: 'utf8' | 'buffer';
  readonly engine: 'auto' | 'native' | 'portable';
}

const MOST_THREADS = 1024;
export const MOST_WINDOW = 1 << 20;

type Check = readonly [accepts: (value: unknown) => boolean, expected: string];

const boolean: Check = [(value) => typeof value === 'boolean', 'true or false'];
const callback: Check = [(value) => typeof value === 'function', 'a function'];
const integer = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
const oneOf = (...words: string[]): Check => [
  (value) => typeof value === 'string' && words.includes(value),
  words.map((word) => `'${word}'`).join(' or '),
];

const checks: Readonly<Record<keyof WalkOptions, Check>> = {
  topdown: boolean,
  onerror: callback,
  followlinks: boolean,
  maxThreads: [(value) => integer(value, 1, MOST_THREADS), `an integer from 1 to ${MOST_THREADS}`],
  ignoreSnapshots: boolean,
  encoding: oneOf('utf8', 'buffer'),
  readAhead: [
    (value) => typeof value === 'boolean' || integer(value, 0, MOST_WINDOW),
    `true, false or a number of directories from 0 to ${MOST_WINDOW}`,
  ],
  signal: [(value) => value instanceof AbortSignal, 'an AbortSignal'],
  onProgress: callback,
  engine: oneOf('auto', 'native', 'portable'),
};

/** @throws PwalkError PWALK_OPTIONS_INVALID that names the option and what it takes */
export function checkWalkOptions(options: WalkOptions): CheckedWalkOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid(`The options of walk() must be an object, not ${shown(options)}.`);
  }
  const known: ReadonlyMap<string, Check> = new Map(Object.entries(checks));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const check = known.get(name);
    if (check === undefined) {
      const names = [...known.keys()].join(', ');
      throw invalid(`walk() has no option "${escapeText(name)}"; the options are ${names}.`);
    }
    const [accepts, expected] = check;
    if (!accepts(value)) {
      throw invalid(`The option ${name} of walk() must be ${expected}, not ${shown(value)}.`);
    }
  }
  return {
    topdown: true,
    followlinks: false,
    ignoreSnapshots: true,
    encoding: 'utf8',
    engine: 'auto',
    ...Object.fromEntries(given),
  };
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${escapeText(value)}"`;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function invalid(message: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', message);
}
