// process.exit() with one walk asleep on a full queue and one under way.
import { loadAddon, roots, until } from './process-state.mjs';

const addon = loadAddon();
const asleep = addon.startWalk({ roots, threads: 2, batchRows: 10, queueBatches: 1 });
await until('the threads sleep', () => asleep.progress().blockedThreads === 2);
const running = addon.startWalk({ roots, threads: 2, batchRows: 50 });
await running.next();
running.next();
process.exit(7);
