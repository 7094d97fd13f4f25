import { isoTime } from '@pwalk/core';
import { expect, it } from 'vitest';

it('writes what Date writes, and the microseconds', () => {
  const seconds = [0, -1, 59, 86_399, 86_400, -86_400, 951_782_399, 951_782_400, 4_102_444_800];
  // The ends of what is done in doubles: 2255-06-05 and 1684-07-28.
  seconds.push(9_007_199_253, 9_007_199_255, -9_007_199_254, -9_007_199_256, -62_135_596_800);
  for (const second of seconds) {
    for (const micros of [0, 1, 999_999]) {
      const expected = `${new Date(second * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
      expect(isoTime(BigInt(second) * 1_000_000n + BigInt(micros))).toBe(expected);
    }
  }
});

it('holds whatever 64 bits hold', () => {
  expect(isoTime(2n ** 63n - 1n)).toBe('+294247-01-10T04:00:54.775807Z');
  expect(isoTime(-(2n ** 63n))).toBe('-290308-12-21T19:59:05.224192Z');
});

it('remembers a bounded number of days', () => {
  for (let day = 0; day < 25_000; day++) isoTime(BigInt(day) * 86_400_000_000n);
  expect(isoTime(86_400_000_000n)).toBe('1970-01-02T00:00:00.000000Z');
});
