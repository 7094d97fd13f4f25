/** Microseconds of 400 years, after which the Gregorian calendar repeats itself. */
const cycle = 146_097n * 86_400_000_000n;

/**
 * A time as ISO 8601 with microseconds, `2026-11-23T12:34:56.123456Z`. Years before 0 and after 9999
 * have a sign and six digits, as ECMAScript writes them: `-000001-…`, `+012026-…`.
 * @param microseconds since 1970-01-01 UTC; any 64 bits, which is more than a Date can hold
 */
export function isoTime(microseconds: bigint): string {
  const number = Number(microseconds);
  if (Number.isSafeInteger(number)) return isoTimeOfDouble(number);
  let cycles = microseconds / cycle;
  if (microseconds % cycle < 0n) cycles -= 1n;
  // In the years 1970 to 2369, which a Date can hold.
  const within = microseconds - cycles * cycle;
  const text = new Date(Number(within / 1000n)).toISOString();
  const year = Number(text.slice(0, 4)) + Number(cycles) * 400;
  const micros = String(within % 1000n).padStart(3, '0');
  return `${yearText(year)}${text.slice(4, -1)}${micros}Z`;
}

/** Dates met so far: of the days since 1970 a tree has few. */
const dates = new Map<number, string>();
const MOST_DATES = 10_000;

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The years 1684 to 2255, nearly all there are, without a BigInt. */
function isoTimeOfDouble(microseconds: number): string {
  const day = Math.floor(microseconds / 86_400e6);
  let date = dates.get(day);
  if (date === undefined) {
    if (dates.size === MOST_DATES) dates.clear();
    date = new Date(day * 86_400e3).toISOString().slice(0, 10);
    dates.set(day, date);
  }
  const within = microseconds - day * 86_400e6;
  const second = Math.floor(within / 1e6);
  const hours = twoDigits[Math.floor(second / 3600)];
  const minutes = twoDigits[Math.floor(second / 60) % 60];
  const micros = String(within - second * 1e6).padStart(6, '0');
  return `${date}T${hours}:${minutes}:${twoDigits[second % 60]}.${micros}Z`;
}

function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
}
