export { toArrowSchema, toRecordBatch } from './to-record-batch.js';
