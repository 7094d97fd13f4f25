// walk() and walkSync() are left early, in every way there is; threads and descriptors are gone afterwards.
import assert from 'node:assert/strict';
import { walk, walkSync } from '../../../dist/index.js';
import { descriptorCount, random, threadCount, tree, until } from './process-state.mjs';

const dice = random(4);
const options = () => ({
  topdown: dice(2) === 0,
  maxThreads: 1 + dice(6),
  readAhead: dice(3) * 50,
});

const ways = [
  async () => {
    let left = dice(30);
    for await (const [,] of walk(tree, options())) if (left-- === 0) break;
  },
  async () => {
    let left = dice(30);
    for (const [,] of walkSync(tree, options())) if (left-- === 0) break;
  },
  async () => {
    const steps = walk(tree, options());
    await steps.next();
    await steps.return();
    assert.equal((await steps.next()).done, true);
  },
  async () => {
    const steps = walk(tree, options());
    await steps.next();
    await assert.rejects(steps.throw(new Error('enough')), /enough/);
  },
  async () => {
    const onerror = () => {
      throw new Error('no errors wanted');
    };
    const steps = walk(tree, { ...options(), topdown: true, onerror });
    const { value } = await steps.next();
    value[1].unshift('not-there');
    await assert.rejects(steps.next(), /no errors wanted/);
  },
  async () => {
    const controller = new AbortController();
    const steps = walk(tree, { ...options(), signal: controller.signal });
    await steps.next();
    const pending = steps.next();
    controller.abort(new Error('no more'));
    // Cancelled is whichever step was not there yet.
    const cancelled = { code: 'PWALK_CANCELLED' };
    await pending.then(
      () => assert.rejects(steps.next(), cancelled),
      (error) => {
        assert.equal(error.code, cancelled.code);
      },
    );
    assert.equal((await steps.next()).done, true);
  },
  async () => {
    walk(tree, options()); // never begun
    const [one, two] = [walk(tree, options()), walk(tree, options())];
    await Promise.all([one.next(), two.next(), two.next()]);
    await Promise.all([one.return(), two.return()]);
  },
];

for (const way of ways) await way();
const baseline = { descriptors: descriptorCount() };
for (let round = 0; round < 60; round++) await ways[round % ways.length]();
await until('all descriptors closed', () => descriptorCount() <= baseline.descriptors);
// What is left are Node's own: the main thread, V8's and libuv's.
const own = await (async () => {
  await until('the pool has ended', () => threadCount() <= 1 + 4 + 4 + 2);
  return threadCount();
})();
for (let round = 0; round < 40; round++) await ways[round % ways.length]();
await until('all threads gone', () => threadCount() <= own);
