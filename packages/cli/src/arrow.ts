export { toArrowSchema, toRecordBatch } from '@pwalk/core/arrow';
