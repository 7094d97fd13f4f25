#!/usr/bin/env node
// encoder.mjs [directory = /usr] [rows = 2000000] [native|script|rfc4180|rfc4180-script] [none|gzip|zstd] [lanes]
//
// CPU per row and bytes per row of an encoder, for the entries of a real tree repeated to that many
// rows. Batches are made before the clock starts. Build first: dist/ and build/ are what is measured.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultEntrySchema } from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { scan } from '@pwalk/native-walker';
import { loadAddon } from '../dist/addon.js';
import { ByteOutput } from '../dist/byte-output.js';
import { compressors } from '../dist/compression.js';
import { nativeDeyEncoder } from '../dist/dey-native.js';
import { ScriptDeyEncoder } from '../dist/dey-script.js';
import { OrderedWriter } from '../dist/ordered-writer.js';
import { nativeRfc4180Encoder } from '../dist/rfc4180-native.js';
import { ScriptRfc4180Encoder } from '../dist/rfc4180-script.js';

const [root = '/usr', rowsGiven = '2000000', kind = 'native', compression = 'none', lanes = '2'] =
  process.argv.slice(2);

const rfc4180 = {
  columns: defaultEntrySchema.fields.map(({ name }) => name),
  delimiter: ',',
  safe: false,
  quoting: 'minimal',
};
const encoders = {
  native: () => nativeDeyEncoder(loadAddon(), [], 1 << 22),
  script: () => new ScriptDeyEncoder([]),
  rfc4180: () => nativeRfc4180Encoder(loadAddon(), defaultEntrySchema, rfc4180, 1 << 22),
  'rfc4180-script': () => new ScriptRfc4180Encoder(rfc4180),
};

const batches = [];
await new Promise((complete, error) => {
  scan(root, { threads: 2 }).subscribe({ next: (batch) => batches.push(batch), error, complete });
});
const directory = mkdtempSync(join(tmpdir(), 'pwalk-bench-'));
const output = await OutputFile.open(process.env.OUTPUT ?? join(directory, 'bench.csv'));
try {
  const compress = compressors(compression, Number(process.env.LEVEL ?? 1));
  const writer = new OrderedWriter(
    new ByteOutput(output),
    Array.from({ length: Number(lanes) }, () => ({
      encoder: encoders[kind](),
      compress: compress(),
    })),
  );
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let i = 0, rows = 0; rows < Number(rowsGiven); i = (i + 1) % batches.length) {
    await writer.write(batches[i]);
    rows += batches[i].length;
  }
  await writer.finish();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const rows = writer.printed;
  console.log(
    `${kind} ${compression}: ${rows} rows, ${((user + system) / rows).toFixed(3)} us CPU per row ` +
      `(${(system / rows).toFixed(3)} system), ${(output.bytes / rows).toFixed(1)} bytes per row, ` +
      `${(rows / seconds / 1e6).toFixed(2)} million rows/s, ` +
      `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB at most`,
  );
} finally {
  await output.discard();
  rmSync(directory, { recursive: true });
}
