import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    // Tests walk real trees and start real processes: slow machines need room, and timing decides nothing.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // One file at a time: some tests measure resident size, which a busy machine changes.
    fileParallelism: false,
  },
});
