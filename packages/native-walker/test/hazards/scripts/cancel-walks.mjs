// A hundred walks, each closed at another moment, some with a next() pending.
import { descriptorCount, loadAddon, random, roots, threadCount, until } from './process-state.mjs';

const addon = loadAddon();
const dice = random(3);

async function cancelOne() {
  const walk = addon.startWalk({
    roots,
    threads: 1 + dice(4),
    batchRows: 1 + dice(300),
    queueBatches: 1 + dice(3),
  });
  for (let left = dice(6); left > 0; left--) {
    const batch = await walk.next();
    if (batch !== null && dice(2) === 0) walk.take(new Uint8Array(batch.byteLength));
  }
  const pending = dice(2) === 0 ? walk.next() : null;
  await walk.close();
  await walk.close();
  await pending;
  if ((await walk.next()) !== null) throw new Error('a closed walk went on');
  if (walk.progress().liveThreads !== 0) throw new Error('a closed walk has threads');
}

for (let i = 0; i < 3; i++) await cancelOne();
const threads = threadCount();
const descriptors = descriptorCount();
for (let i = 0; i < 100; i++) await cancelOne();
await until('all threads gone', () => threadCount() <= threads);
await until('all descriptors closed', () => descriptorCount() <= descriptors);
