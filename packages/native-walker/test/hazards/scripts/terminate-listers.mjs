// Worker threads are terminated in the middle of walk() and walkSync().
import { Worker } from 'node:worker_threads';
import {
  addonPath,
  descriptorCount,
  loadAddon,
  random,
  threadCount,
  tree,
  until,
} from './process-state.mjs';

loadAddon();
const dice = random(9);

async function terminateOne() {
  const worker = new Worker(new URL('./list-forever.mjs', import.meta.url), {
    argv: [addonPath, tree],
  });
  for (let left = 1 + dice(4); left > 0; left--) {
    await new Promise((resolve) => worker.once('message', resolve));
  }
  await worker.terminate();
}

// The first ones let Node start what it starts once.
for (let i = 0; i < 3; i++) await terminateOne();
await until('the pool is empty', () => threadCount() <= 20);
const descriptors = descriptorCount();
for (let i = 0; i < 15; i++) await terminateOne();
await until('all descriptors closed', () => descriptorCount() <= descriptors);
