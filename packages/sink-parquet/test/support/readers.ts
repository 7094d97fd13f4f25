import { readFileSync } from 'node:fs';
import { DuckDBBlobValue, DuckDBInstance, DuckDBTimestampTZValue } from '@duckdb/node-api';
import { type DataType, tableFromIPC } from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readParquet } from 'parquet-wasm';
import type { Row } from './data.js';

/** Independent implementations of Parquet, each giving the rows of a file as plain values. */
export const readers: Record<string, (path: string) => Promise<Row[]>> = {
  duckdb: readWithDuckDb,
  hyparquet: readWithHyparquet,
  'parquet-wasm': async (path) => readWithWasm(path),
};

/** Runs SQL in which `$file` stands for the file, and returns rows of plain values. */
export async function query(path: string, sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const literal = `'${path.replaceAll("'", "''")}'`;
    const result = await connection.runAndReadAll(sql.replaceAll('$file', () => literal));
    return result.getRowObjects().map(plainRow);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readWithDuckDb(path: string): Promise<Row[]> {
  return query(path, 'select * from read_parquet($file)');
}

async function readWithHyparquet(path: string): Promise<Row[]> {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const rows = await parquetReadObjects({
    file,
    compressors,
    utf8: false,
    parsers: { timestampFromMicroseconds: (micros: bigint) => micros },
  });
  return rows.map(plainRow);
}

/** Chunk by chunk from the Arrow memory: Arrow's own accessors turn timestamps into milliseconds. */
function readWithWasm(path: string): Row[] {
  const table = tableFromIPC(readParquet(readFileSync(path)).intoIPCStream());
  const rows: Row[] = [];
  for (const batch of table.batches) {
    const from = rows.length;
    for (let i = 0; i < batch.numRows; i++) rows.push({});
    batch.schema.fields.forEach((field, at) => {
      const column = batch.getChildAt(at);
      if (column === null) throw new Error(`no column ${field.name}`);
      const exact = isTimestamp(field.type) ? column.data[0]?.values : undefined;
      for (let i = 0; i < batch.numRows; i++) {
        const row = rows[from + i];
        const value = column.get(i);
        if (row !== undefined)
          row[field.name] = plain(value === null || exact === undefined ? value : exact[i]);
      }
    });
  }
  return rows;
}

function isTimestamp(type: DataType): boolean {
  return String(type).startsWith('Timestamp');
}

function plainRow(row: Record<string, unknown>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): Row[string] {
  if (value === undefined || value === null) return null;
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes);
  if (value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  throw new Error(`a reader returned ${String(value)}`);
}
