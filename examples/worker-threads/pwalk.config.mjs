// A sink with threads of its own. The memory of a batch is shared: what is sent are views of it, not copies.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { defineConfig, definePlugin } from 'pwalk';
import { z } from 'zod';

const largest = definePlugin({
  name: 'largest',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: z.object({ threads: z.int().min(1).default(2) }),
  capabilities: { columns: ['size'], releases: true },
  create: ({ threads }) => {
    const script = new URL('./largest-worker.mjs', import.meta.url);
    const workers = [];
    const idle = [];
    let most = 0n;
    return {
      open() {
        for (let n = 0; n < threads; n++) workers.push(new Worker(script));
        idle.push(...workers);
      },
      // Resolves as soon as a thread is free for the next batch; this one is held until its thread is done.
      async write(batch, { signal }) {
        const worker = idle.pop();
        const { values } = batch.column('size');
        const release = batch.hold();
        worker.postMessage(values);
        worker.once('message', (found) => {
          if (found > most) most = found;
          idle.push(worker);
          release();
        });
        if (idle.length === 0)
          await Promise.race(workers.map((w) => once(w, 'message', { signal })));
      },
      async flush() {
        while (idle.length < workers.length) {
          await Promise.race(workers.map((w) => once(w, 'message')));
        }
      },
      async close({ ok }) {
        await Promise.all(workers.map((worker) => worker.terminate()));
        if (ok) console.log(`largest: ${most}`);
      },
    };
  },
});

export default defineConfig({ roots: ['.'], sinks: [largest({ threads: 2 })] });
