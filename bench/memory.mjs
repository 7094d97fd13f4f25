#!/usr/bin/env node
// node bench/memory.mjs [--runs 3] [--write]
//
// The most memory `pwalk report` takes at 100,000, 1,000,000 and 4,000,000 entries, the last being one
// tree given four times; and Parquet with an eighth of the memory it may use.
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { report } from './contestants.mjs';
import { tree } from './make-tree.mjs';
import { measure, median } from './measure.mjs';
import { table, writeSection } from './page.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});

const number = new Intl.NumberFormat('en-US');
const wide = tree('wide');
const trees = [[tree('small')], [wide], Array(4).fill(wide)];
const ways = [
  { format: 'parquet', extra: [] },
  { format: 'parquet', extra: ['--memory', '32MiB'] },
  { format: 'csv', extra: [] },
  { format: 'dey-csv', extra: [] },
];

const counts = [];
const rows = ways.map(({ format, extra }) => {
  const cells = trees.map((roots, at) => {
    const { command, ...rest } = report(roots, availableParallelism(), format);
    const peaks = Array.from({ length: Number(values.runs) }, () => {
      const run = measure({ command: [...command, ...extra], ...rest });
      rmSync(rest.output, { force: true });
      if (run.status !== 0) throw new Error(`the report ended with ${run.status}`);
      counts[at] = run.said.entries;
      return run.peakKib / 1024;
    });
    return `${median(peaks).toFixed(0)} (${Math.min(...peaks).toFixed(0)}–${Math.max(...peaks).toFixed(0)})`;
  });
  return [`${format}${extra.map((arg) => ` ${arg}`).join('')}`, ...cells];
});
const text = table(
  ['peak MiB, median (range)', ...counts.map((count) => `${number.format(count)} entries`)],
  rows,
);
console.log(text);
if (values.write) writeSection('memory', text);
