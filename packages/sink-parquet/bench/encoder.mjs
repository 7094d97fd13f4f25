#!/usr/bin/env node
// encoder.mjs [directory = /usr] [rows = 2000000] [native|wasm] [lanes]
//
// CPU per row and bytes per row of an encoder, for the entries of a real tree repeated to that many
// rows. Batches are made before the clock starts. Build first: dist/ and build/ are what is measured.
import { lstatSync, mkdtempSync, opendirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { BatchBuilder, defaultEntrySchema } from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { nativeEncoder } from '../dist/native-encoder.js';
import { openWasmEncoder } from '../dist/wasm-encoder.js';

const [root = '/usr', rowsGiven = '2000000', kind = 'native', lanes = '2'] = process.argv.slice(2);
const ROWS_PER_BATCH = 16_384;

const micros = (ns) => ns / 1000n;

function* walk(directory, parent, depth) {
  const children = [];
  for (
    let listing = opendirSync(directory), entry = listing.readSync();
    ;
    entry = listing.readSync()
  ) {
    if (entry === null) {
      listing.closeSync();
      break;
    }
    children.push(entry.name);
  }
  for (const name of children) {
    const path = join(directory, name);
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isDirectory()) yield* walk(path, stat.ino, depth + 1);
    const type = stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'file';
    yield {
      path,
      name,
      ext: type === 'directory' ? '' : extname(name).slice(1),
      type,
      inode: stat.ino,
      parent_inode: parent,
      dev: stat.dev,
      depth,
      mode: Number(stat.mode),
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      size: stat.size,
      blocks: stat.blocks,
      nlink: Number(stat.nlink),
      is_hardlink: type !== 'directory' && stat.nlink > 1n,
      atime: micros(stat.atimeNs),
      mtime: micros(stat.mtimeNs),
      ctime: micros(stat.ctimeNs),
      btime: micros(stat.birthtimeNs),
      file_count: type === 'directory' ? stat.nlink : null,
      dir_sum: type === 'directory' ? stat.size * 7n : null,
      state: 'ok',
    };
  }
}

const builder = new BatchBuilder(defaultEntrySchema);
const batches = [];
for (const row of walk(root, 0n, 0)) {
  builder.append(row);
  if (builder.length === ROWS_PER_BATCH) batches.push(builder.finish());
}
if (builder.length > 0) batches.push(builder.finish());

const directory = mkdtempSync(join(tmpdir(), 'pwalk-bench-'));
const output = await OutputFile.open(join(directory, 'bench.parquet'));
try {
  const open = kind === 'wasm' ? openWasmEncoder : nativeEncoder({ lanes: Number(lanes) });
  if (typeof open !== 'function') throw open;
  const encoder = await open({
    schema: defaultEntrySchema,
    output,
    compression: process.env.COMPRESSION ?? 'zstd',
    level: Number(process.env.LEVEL ?? 1),
    rowGroupRows: 131_072,
    createdBy: 'pwalk bench',
  });
  const cpu = process.cpuUsage();
  const began = performance.now();
  let rows = 0;
  for (let i = 0; rows < Number(rowsGiven); i = (i + 1) % batches.length) {
    await encoder.write(batches[i]);
    rows += batches[i].length;
  }
  const { bytes } = await encoder.finish(new Map());
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${kind}: ${rows} rows, ${((user + system) / rows).toFixed(3)} us CPU per row, ` +
      `${(bytes / rows).toFixed(1)} bytes per row, ${(rows / seconds / 1e6).toFixed(2)} million rows/s, ` +
      `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB at most`,
  );
} finally {
  await output.discard();
  rmSync(directory, { recursive: true });
}
