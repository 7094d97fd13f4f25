import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const cwd = join(import.meta.dirname, '../..');

/** MiB of the young generation in a process of its own that keeps a million objects for a while, three times. */
function sizes(first: number, second: number): number[] {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { keepYoungGenerationSmall } from './dist/memory/young-generation.js';
    const size = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').physical_space_size / 2 ** 20;
    const work = () => { const kept = []; for (let i = 0; i < 300_000; i++) kept.push({ i, list: [i] }); return size(); };
    const ends = [keepYoungGenerationSmall(${first}), keepYoungGenerationSmall(${second})];
    const found = [work()];
    ends.pop()();
    found.push(work());
    ends.pop()();
    found.push(work());
    console.log(JSON.stringify(found));`;
  const args = ['--input-type=module', '-e', script];
  return JSON.parse(String(execFileSync(process.execPath, args, { cwd })));
}

it('the young generation does not grow while any run with little memory is under way', () => {
  const [both = 0, one = 0, none = 0] = sizes(2 ** 26, 2 ** 26);
  expect(both).toBeLessThan(5);
  expect(one).toBeLessThan(5);
  expect(none).toBeGreaterThan(10);
});

it('the young generation grows in runs that have memory for it', () => {
  for (const size of sizes(2 ** 28, 2 ** 28)) expect(size).toBeGreaterThan(10);
});
