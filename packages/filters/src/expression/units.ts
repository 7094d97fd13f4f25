/** Bytes of each size unit, in lower case: `K` and `KiB` are 1024, `KB` is 1000. */
const sizes: ReadonlyMap<string, bigint> = new Map([
  ['b', 1n],
  ...['k', 'm', 'g', 't', 'p', 'e'].flatMap((letter, index): [string, bigint][] => [
    [letter, 1024n ** BigInt(index + 1)],
    [`${letter}ib`, 1024n ** BigInt(index + 1)],
    [`${letter}b`, 1000n ** BigInt(index + 1)],
  ]),
]);

const SECOND = 1_000_000n;

/** Microseconds of each unit of time that has a length. */
const durations: ReadonlyMap<string, bigint> = new Map([
  ['us', 1n],
  ['ms', 1_000n],
  ['s', SECOND],
  ['min', 60n * SECOND],
  ['h', 3_600n * SECOND],
  ['d', 86_400n * SECOND],
  ['w', 604_800n * SECOND],
]);

/** Months of each unit of the calendar. */
const months: ReadonlyMap<string, bigint> = new Map([
  ['mo', 1n],
  ['y', 12n],
]);

/** A number with its unit. */
export type Quantity =
  | { readonly type: 'integer'; readonly value: bigint; readonly bytes: boolean }
  | { readonly type: 'real'; readonly value: number }
  | { readonly type: 'duration'; readonly micros: bigint; readonly months: bigint };

export const unitsInWords =
  'sizes B K M G T P E, KiB … EiB and KB … EB; times us, ms, s, min, h, d, w, mo, y';

/**
 * The value of a number as it is written, rounded down to whole bytes or microseconds.
 * @param text digits with at most one point, or 0x… or 0o…
 * @returns a sentence that says what is wrong with it, or the quantity
 */
export function quantity(text: string, unit: string): Quantity | string {
  if (unit === '') {
    if (text.includes('.')) return { type: 'real', value: Number(text) };
    return { type: 'integer', value: BigInt(text), bytes: false };
  }
  if (unit === 'm') {
    return 'The unit "m" is ambiguous; write M for mebibytes, min for minutes or mo for months.';
  }
  const size = sizes.get(unit.toLowerCase());
  if (size !== undefined) return { type: 'integer', value: scaled(text, size), bytes: true };
  const length = durations.get(unit);
  if (length !== undefined) return { type: 'duration', micros: scaled(text, length), months: 0n };
  const count = months.get(unit);
  if (count === undefined) return `There is no unit "${unit}"; there are ${unitsInWords}.`;
  if (text.includes('.'))
    return `Months and years are counted whole; write ${text}${unit} in days.`;
  return { type: 'duration', micros: 0n, months: BigInt(text) * count };
}

/** `text` times `factor`, exactly, rounded down. */
function scaled(text: string, factor: bigint): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return (BigInt(whole + fraction) * factor) / 10n ** BigInt(fraction.length);
}
