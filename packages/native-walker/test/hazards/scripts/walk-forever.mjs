// A worker thread: walks, one batch after the other, and tells after each.
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';

const [addonPath, tree] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(addonPath);
const roots = [Buffer.from(tree)];
const unread = addon.startWalk({ roots, threads: 2, batchRows: 10, queueBatches: 1 });
for (;;) {
  const walk = addon.startWalk({ roots, threads: 2, batchRows: 200, queueBatches: 2 });
  for (let batch = await walk.next(); batch !== null; batch = await walk.next()) {
    walk.take(new Uint8Array(new SharedArrayBuffer(batch.byteLength)));
    parentPort.postMessage(unread.progress().liveThreads);
  }
}
