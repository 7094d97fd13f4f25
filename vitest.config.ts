import { defineConfig } from 'vitest/config';

/**
 * What runs last, one file at a time: what measures resident size, which a busy machine changes, and what mounts a
 * file system that hangs, beside which every command that walks is supervised by another process.
 */
const alone = [
  'packages/*/test/**/memory.test.ts',
  'packages/native-walker/test/backpressure.test.ts',
  'packages/cli/test/report-extremes.test.ts',
  'packages/*/test/hung-storage.test.ts',
];

export default defineConfig({
  test: {
    // Tests walk real trees and start real processes: slow machines need room, and timing decides nothing.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: alone,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
