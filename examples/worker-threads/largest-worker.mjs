import { parentPort } from 'node:worker_threads';

parentPort.on('message', (sizes) => {
  let most = 0n;
  for (const size of sizes) if (size > most) most = size;
  parentPort.postMessage(most);
});
