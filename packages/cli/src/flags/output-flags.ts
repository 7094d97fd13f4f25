import { Flags } from '@oclif/core';
import { formats } from '../output-format.js';

/** Where rows go, and as what. */
export const outputFlags = {
  output: Flags.string({
    char: 'o',
    description: 'file to write; - for standard output',
    default: 'scan.parquet',
    helpValue: 'FILE',
    helpGroup: 'OUTPUT',
  }),
  format: Flags.option({
    options: formats,
    description: 'what to write; by the name of FILE when not given: csv for .csv, else parquet',
    helpGroup: 'OUTPUT',
  })(),
  header: Flags.boolean({
    description: 'for dey-csv: begin with the names of the columns',
    helpGroup: 'OUTPUT',
  }),
};
