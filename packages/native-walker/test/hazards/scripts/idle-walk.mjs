// A walk that nobody reads does not keep the process; a pending next() does, until it is answered.
import { loadAddon, roots } from './process-state.mjs';

const addon = loadAddon();
const unread = addon.startWalk({ roots, threads: 2, batchRows: 10, queueBatches: 1 });
globalThis.unread = unread;
const walk = addon.startWalk({ roots, threads: 2 });
(async () => {
  let rows = 0;
  for (let batch = await walk.next(); batch !== null; batch = await walk.next()) rows += batch.rows;
  console.log(rows);
})();
