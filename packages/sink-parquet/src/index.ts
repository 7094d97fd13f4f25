export { joinFiles } from './join-files.js';
export { type ParquetOptions, parquet } from './parquet.js';
export { readMetadata } from './read-metadata.js';
