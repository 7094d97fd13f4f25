import { PwalkError } from '@pwalk/core';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The longest that is accepted, in milliseconds: a year. */
export const LONGEST_DURATION = 31_536_000_000;

/**
 * Milliseconds of a time as `500ms`, `90`, `90s`, `10m` or `24h`.
 * @param flag what it was given to, for the message
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export function parseDuration(text: string, flag: string): number {
  const [, number, unit = 's'] = /^(\d{1,9})(ms|[smh])?$/.exec(text) ?? [];
  const value = Number(number) * (units[unit] ?? Number.NaN);
  if (value > 0 && value <= LONGEST_DURATION) return value;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `${flag} ${text} is no time; give it as 500ms, 30s, 10m or 24h.`,
  );
}
