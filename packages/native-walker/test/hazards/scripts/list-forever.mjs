// A worker that walks the tree with walk() and walkSync() in turn until it is terminated, and says so now and then.
import { parentPort } from 'node:worker_threads';
import { walk, walkSync } from '../../../dist/index.js';
import { tree } from './process-state.mjs';

for (let round = 0; ; round++) {
  let steps = 0;
  const says = () => {
    if (++steps % 7 === 0) parentPort.postMessage(round);
  };
  for await (const [,] of walk(tree, { maxThreads: 4 })) says();
  for (const [,] of walkSync(tree, { maxThreads: 4 })) says();
}
