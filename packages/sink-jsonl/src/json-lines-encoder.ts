import { type Column, type EntryBatch, isoTime, unsafeCharacters } from '@pwalk/core';
import type { FileEncoder } from '@pwalk/core/io';

/** The JSON text of a column's value in one row. */
type Member = (row: number) => string;

/** Rows as JSON objects on a line each; no row is an object on the way. */
export class JsonLinesEncoder implements FileEncoder {
  readonly #names: readonly string[];
  /** `{"path":`, `,"name":`, … */
  readonly #keys: readonly string[];
  readonly #integers: 'number' | 'string';

  constructor(names: readonly string[], integers: 'number' | 'string') {
    this.#names = names;
    this.#keys = names.map((name, at) => `${at === 0 ? '{' : ','}${jsonText(name)}:`);
    this.#integers = integers;
  }

  encode(batch: EntryBatch): Uint8Array {
    const members = this.#names.map((name) => memberOf(batch.column(name), this.#integers));
    const lines: string[] = [];
    for (let row = 0; row < batch.length; row++) {
      let line = '';
      for (let at = 0; at < members.length; at++) line += this.#keys[at] + members[at](row);
      lines.push(line);
    }
    return Buffer.from(`${lines.join('}\n')}}\n`);
  }
}

function memberOf(column: Column, integers: 'number' | 'string'): Member {
  const value = valueText(column, integers);
  if (column.validity === null) return value;
  return (row) => (column.isNull(row) ? 'null' : value(row));
}

/** The text of a value that is not null. */
function valueText(column: Column, integers: 'number' | 'string'): Member {
  switch (column.type) {
    case 'utf8':
      return (row) => jsonText(column.get(row) ?? '');
    case 'binary':
      return (row) => `"${Buffer.from(column.bytesAt(row)).toString('hex')}"`;
    case 'bool':
      return (row) => String(column.get(row));
    case 'dictionary': {
      const texts = column.words.map(jsonText);
      return (row) => texts[column.codes[row]];
    }
    case 'timestamp':
      return (row) => `"${isoTime(column.values[row])}"`;
    case 'int64':
    case 'uint64':
      return integers === 'number'
        ? (row) => column.values[row].toString()
        : (row) => `"${column.values[row]}"`;
    case 'float64':
      // JSON has no word for what is no number.
      return (row) => JSON.stringify(column.values[row]);
    default:
      return (row) => String(column.values[row]);
  }
}

/** Text that needs no escaping, as nearly all names are. */
const plain = /^[ !#-[\]-~]*$/;

function jsonText(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(unsafeCharacters, (character) =>
    Array.from({ length: character.length }, (_, unit) => {
      const hex = character.charCodeAt(unit).toString(16).padStart(4, '0');
      return `\\u${hex}`;
    }).join(''),
  );
}
