export { type CsvOptions, csv } from './csv.js';
