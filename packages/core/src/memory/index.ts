export { isLittleMemory } from './little-memory.js';
export { collectYoung } from './young-collection.js';
