const MINUTE = 60_000_000n;

const shape =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Microseconds since 1970-01-01 UTC of `2024-12-31`, `2024-12-31T18:30`, `…T18:30:05.25+02:00`;
 * UTC where no zone is given, rounded down beyond microseconds. Null for what is no such time.
 */
export function parseTime(text: string): bigint | null {
  const parts = shape.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const [fraction = '', zone = 'Z'] = parts.slice(7);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDate || hour > 23 || minute > 59 || second > 59) return null;
  date.setUTCHours(hour, minute, second);
  const micros = BigInt(date.getTime()) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
  if (zone === 'Z') return micros;
  const [hours, minutes] = zone.slice(1).split(':').map(Number);
  if (hours > 23 || minutes > 59) return null;
  const offset = BigInt(hours * 60 + minutes) * MINUTE;
  return zone.startsWith('-') ? micros + offset : micros - offset;
}

/**
 * The time some calendar months later, at the same time of day; the last day of the month where it
 * has no such day (a month after 31 January). Null beyond the years a Date can hold.
 */
export function addMonths(micros: bigint, months: bigint): bigint | null {
  let milliseconds = micros / 1000n;
  if (micros % 1000n < 0n) milliseconds -= 1n;
  const date = new Date(Number(milliseconds));
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + Number(months));
  const lastDay = new Date(date);
  lastDay.setUTCMonth(date.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, lastDay.getUTCDate()));
  if (Number.isNaN(date.getTime())) return null;
  return BigInt(date.getTime()) * 1000n + (micros - milliseconds * 1000n);
}
