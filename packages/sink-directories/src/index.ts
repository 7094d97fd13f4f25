export { summedColumns } from './batch-totals.js';
export { DirectoriesSink, type TableSinks } from './directories-sink.js';
export { directoriesSchema } from './directories-table.js';
export { hardLinksSchema } from './hard-links-table.js';
export { ScanTables } from './scan-tables.js';
export { TotalsFileSink } from './totals-file.js';
