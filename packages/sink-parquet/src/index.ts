export { type ParquetOptions, parquet } from './parquet.js';
