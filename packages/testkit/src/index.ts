export * from './conformance/index.js';
export * from './doubles/index.js';
export * from './synthetic/index.js';
export * from './trees/index.js';
