// Walks that nobody closes: their threads end when the objects are collected. Needs --expose-gc.
import { descriptorCount, loadAddon, roots, threadCount, until } from './process-state.mjs';

const addon = loadAddon();
await addon.startWalk({ roots, threads: 1 }).close();
const threads = threadCount();
const descriptors = descriptorCount();
(() => {
  for (let i = 0; i < 10; i++)
    addon.startWalk({ roots, threads: 2, batchRows: 10, queueBatches: 1 });
})();
if (threadCount() <= threads) throw new Error('the walks have no threads');
await until('all threads gone', () => {
  globalThis.gc();
  return threadCount() <= threads;
});
await until('all descriptors closed', () => descriptorCount() <= descriptors);
