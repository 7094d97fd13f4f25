// Worker threads that load the addon are terminated in the middle of a walk.
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
const dice = random(5);

async function terminateOne() {
  const worker = new Worker(new URL('./walk-forever.mjs', import.meta.url), {
    argv: [addonPath, tree],
  });
  await new Promise((resolve) => worker.once('message', resolve));
  for (let left = dice(3); left > 0; left--)
    await new Promise((resolve) => worker.once('message', resolve));
  await worker.terminate();
}

// The first ones let Node start what it starts once.
for (let i = 0; i < 3; i++) await terminateOne();
const threads = threadCount();
const descriptors = descriptorCount();
for (let i = 0; i < 50; i++) await terminateOne();
await until('all threads gone', () => threadCount() <= threads);
await until('all descriptors closed', () => descriptorCount() <= descriptors);
