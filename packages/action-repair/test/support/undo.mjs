// undo.mjs JOURNAL: undoes in a process of its own, which may be killed.
import { undo } from '../../dist/index.js';

await undo(process.argv[2], { threads: 1 });
