import { setImmediate } from 'node:timers/promises';
import { type Column, type EntryBatch, isoTime } from '@pwalk/core';
import { type Input, type Options, stringify } from 'csv-stringify/sync';
import type { ChunkEncoder } from './chunk-encoder.js';
import { inert } from './spreadsheet.js';

export interface Rfc4180Settings {
  readonly columns: readonly string[];
  readonly delimiter: string;
  readonly quoting: 'minimal' | 'all' | 'strings';
  /** Text that a spreadsheet would run gets an apostrophe. */
  readonly safe: boolean;
}

/** Rows that are formatted at once: csv-stringify is fastest with a few hundred. */
const rowsAtOnce = 512;
const chunkBytes = 1024 * 1024;

/** A cell as csv-stringify takes it; null is an empty field. */
type Cell = string | number | bigint | boolean | null;

/** Rows as RFC 4180 describes them, with csv-stringify on the JavaScript thread. */
export class ScriptRfc4180Encoder implements ChunkEncoder {
  readonly altered = 0;
  readonly #columns: readonly string[];
  readonly #safe: boolean;
  readonly #options: Options;
  #printed = 0;

  constructor(settings: Rfc4180Settings) {
    this.#columns = settings.columns;
    this.#safe = settings.safe;
    this.#options = csvOptions(settings);
  }

  get printed(): number {
    return this.#printed;
  }

  async *encode(batch: EntryBatch): AsyncGenerator<Uint8Array> {
    const cells = this.#columns
      .map((name) => cellsOf(batch.column(name), this.#safe))
      .map(this.#columns.length === 1 ? neverNull : (cell) => cell);
    let waiting: Buffer[] = [];
    let size = 0;
    for (let row = 0; row < batch.length; row += rowsAtOnce) {
      const end = Math.min(row + rowsAtOnce, batch.length);
      const records: Cell[][] = [];
      for (let i = row; i < end; i++) records.push(cells.map((cell) => cell(i)));
      const text = Buffer.from(stringify(records, this.#options));
      waiting.push(text);
      size += text.length;
      this.#printed += records.length;
      if (size >= chunkBytes) {
        yield Buffer.concat(waiting);
        waiting = [];
        size = 0;
      }
      await setImmediate();
    }
    if (size > 0) yield Buffer.concat(waiting);
  }
}

/** The first line: the names of the columns. */
export function rfc4180Header(settings: Rfc4180Settings): Uint8Array {
  const names: Input = [[...settings.columns]];
  return Buffer.from(stringify(names, csvOptions(settings)));
}

function csvOptions({ columns, delimiter, quoting }: Rfc4180Settings): Options {
  return {
    delimiter,
    record_delimiter: '\n',
    // A lone \r in a name ends a line for many readers. By default it is not quoted beside the above.
    quote_record_delimiter: true,
    quoted: quoting === 'all',
    quoted_string: quoting !== 'minimal',
    // An empty only column would be an empty line, which readers skip.
    ...(columns.length === 1 ? { quoted_match: /^$/ } : {}),
    cast: { boolean: (value) => String(value) },
  };
}

/** Text in place of null, so that it can be quoted. */
function neverNull(cell: (row: number) => Cell): (row: number) => Cell {
  return (row) => cell(row) ?? '';
}

function cellsOf(column: Column, safe: boolean): (row: number) => Cell {
  switch (column.type) {
    case 'timestamp':
      return (row) => {
        const time = column.get(row);
        return time === null ? null : isoTime(time);
      };
    case 'binary':
      return (row) => {
        const bytes = column.get(row);
        return bytes === null ? null : Buffer.from(bytes).toString('hex');
      };
    case 'utf8':
    case 'dictionary':
      if (!safe) return (row) => column.get(row);
      return (row) => {
        const text = column.get(row);
        return text === null ? null : inert(text);
      };
    default:
      return (row) => column.get(row);
  }
}
