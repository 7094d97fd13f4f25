import type { RecordBatch } from 'apache-arrow';
import { PwalkError } from '../errors/pwalk-error.js';
import type { EntryColumn, EntrySchema } from '../schema/entry-schema.js';
import type { Field } from '../schema/field.js';
import type {
  BigIntColumn,
  BinaryColumn,
  BoolColumn,
  Column,
  DictionaryColumn,
  NumberColumn,
  Utf8Column,
} from './column.js';
import { claim, type Lease } from './lease.js';

/** The class of each column of the `entries` table, so that `column('size')` is typed. */
export interface EntryColumns extends Record<EntryColumn, Column> {
  path: Utf8Column;
  path_raw: BinaryColumn;
  name: Utf8Column;
  ext: Utf8Column;
  type: DictionaryColumn;
  inode: BigIntColumn;
  parent_inode: BigIntColumn;
  dev: BigIntColumn;
  depth: NumberColumn;
  mode: NumberColumn;
  uid: NumberColumn;
  gid: NumberColumn;
  size: BigIntColumn;
  blocks: BigIntColumn;
  nlink: NumberColumn;
  is_hardlink: BoolColumn;
  atime: BigIntColumn;
  mtime: BigIntColumn;
  ctime: BigIntColumn;
  btime: BigIntColumn;
  file_count: BigIntColumn;
  dir_sum: BigIntColumn;
  state: DictionaryColumn;
  errno: NumberColumn;
  operation: DictionaryColumn;
  mnt_id: BigIntColumn;
  owner: Utf8Column;
  group: Utf8Column;
  path_truncated: BoolColumn;
}

/** Columns by name: a `Map` of them, or something that makes each when it is first asked for. */
export interface ColumnSource {
  /** Always the same column for a name; undefined where there is none of that name. */
  get(name: string): Column | undefined;
}

/** Columns of one length, and which of their rows belong to the batch (null: all, in order). */
interface Layer {
  readonly columns: ColumnSource;
  readonly rows: Uint32Array | null;
}

/**
 * The unit of the stream: some thousands of entries as columns. Immutable.
 *
 * A filter narrows a batch with `select` and widens it with `with`; neither copies. Every column
 * read from a batch has exactly `length` rows, in the batch's own order: on a narrowed batch a
 * column is gathered the first time somebody asks for it, and only then.
 */
export class EntryBatch {
  readonly schema: EntrySchema;
  /** Rows in this batch, after selection. */
  readonly length: number;
  readonly #layers: readonly Layer[];
  readonly #gathered = new Map<string, Column>();
  /** Who waits for this batch to be acknowledged; inherited by batches made from it. Engine only. */
  readonly lease: Lease | null;

  private constructor(
    schema: EntrySchema,
    length: number,
    layers: readonly Layer[],
    lease: Lease | null,
  ) {
    this.schema = schema;
    this.length = length;
    this.#layers = layers;
    this.lease = lease;
  }

  /**
   * A batch of whole columns.
   * @throws PwalkError `PWALK_SCHEMA_INVALID` when a column of the schema is missing, has another
   * type, or has another length than the rest.
   */
  static of(schema: EntrySchema, columns: ReadonlyMap<string, Column>): EntryBatch {
    const length = columns.values().next().value?.length ?? 0;
    checkColumns(schema.fields, columns, length);
    return new EntryBatch(schema, length, [{ columns, rows: null }], null);
  }

  /**
   * A batch of columns that are made when somebody asks for them, as each stage reads a few of many.
   * @param length rows of every column
   * @param columns has every column of the schema, of its type and of that length; nothing is checked
   */
  static over(schema: EntrySchema, length: number, columns: ColumnSource): EntryBatch {
    return new EntryBatch(schema, length, [{ columns, rows: null }], null);
  }

  /** The column of that name, `length` rows long. @throws PwalkError `PWALK_COLUMN_MISSING` */
  column<N extends EntryColumn>(name: N): EntryColumns[N];
  column(name: string): Column;
  column(name: string): Column {
    for (const layer of this.schema.has(name) ? this.#layers : []) {
      const column = layer.columns.get(name);
      if (column === undefined) continue;
      if (layer.rows === null) return column;
      let gathered = this.#gathered.get(name);
      if (gathered === undefined) {
        gathered = column.gather(layer.rows);
        this.#gathered.set(name, gathered);
      }
      return gathered;
    }
    throw new PwalkError(
      'PWALK_COLUMN_MISSING',
      `This batch has no column "${name}"; declare it in capabilities.columns so that the source produces it.`,
    );
  }

  has(name: string): boolean {
    return this.schema.has(name);
  }

  /** Rows of the source's batch that are left, ascending; null when all are. */
  get selection(): Uint32Array | null {
    return this.#layers[this.#layers.length - 1].rows;
  }

  /**
   * The rows whose byte in `mask` is not 0, without copying a column.
   * @param mask one byte per row of this batch
   * @throws PwalkError `PWALK_SCHEMA_INVALID` when its length is not the batch's
   */
  select(mask: Uint8Array): EntryBatch {
    if (mask.length !== this.length) {
      throw new PwalkError(
        'PWALK_SCHEMA_INVALID',
        `The mask has ${mask.length} bytes for a batch of ${this.length} rows; give one byte per row.`,
      );
    }
    // Counted without a branch: which rows are kept is mostly beyond a processor's guess.
    let kept = 0;
    for (let i = 0; i < mask.length; i++) kept += +(mask[i] !== 0);
    if (kept === this.length) return this;
    const rows = new Uint32Array(kept);
    for (let i = 0, to = 0; to < kept; i++) {
      rows[to] = i;
      to += +(mask[i] !== 0);
    }
    const layers = this.#layers.map((layer) => ({
      columns: layer.columns,
      rows: layer.rows === null ? rows : compose(layer.rows, rows),
    }));
    return new EntryBatch(this.schema, kept, layers, this.lease);
  }

  /**
   * The same rows with more columns.
   * @param added fields and their columns, each `length` rows long
   * @throws PwalkError `PWALK_SCHEMA_INVALID` when a name is taken or a length differs
   */
  with(added: ReadonlyMap<Field, Column>): EntryBatch {
    const columns = new Map([...added].map(([field, column]) => [field.name, column]));
    const fields = [...added.keys()];
    checkColumns(fields, columns, this.length);
    return new EntryBatch(
      this.schema.with(fields),
      this.length,
      [{ columns, rows: null }, ...this.#layers],
      this.lease,
    );
  }

  /**
   * The same rows with the columns of `schema` only, which this batch must have. What a stage did
   * not declare it does not get to see: else it would work only beside a stage that did declare it.
   */
  narrowedTo(schema: EntrySchema): EntryBatch {
    return new EntryBatch(schema, this.length, this.#layers, this.lease);
  }

  /**
   * Keeps the batch from being acknowledged until the returned function is called: for sinks that go
   * on reading it after `write` has resolved.
   */
  hold(): () => void {
    const held = claim(this);
    return () => held.settle('delivered');
  }

  /** The same batch, waited for by `lease`. Called by the engine only. */
  leasedBy(lease: Lease): EntryBatch {
    return new EntryBatch(this.schema, this.length, this.#layers, lease);
  }

  /** One row as an object with a property per column: slow, for people and for tests. */
  row(index: number): Record<string, unknown> {
    const row: Record<string, unknown> = Object.create(null);
    for (const { name } of this.schema.fields) row[name] = this.column(name).get(index);
    return row;
  }

  /**
   * The batch as an Arrow record batch over the same memory. Loads apache-arrow when first called;
   * where a promise is in the way, import `toRecordBatch` from `@pwalk/core/arrow`.
   */
  async toRecordBatch(): Promise<RecordBatch> {
    const { toRecordBatch } = await import('../arrow/to-record-batch.js');
    return toRecordBatch(this);
  }
}

/** `outer[inner[i]]`: a selection of a selection, as one. */
function compose(outer: Uint32Array, inner: Uint32Array): Uint32Array {
  const rows = new Uint32Array(inner.length);
  for (let i = 0; i < inner.length; i++) rows[i] = outer[inner[i]];
  return rows;
}

function checkColumns(
  fields: readonly Field[],
  columns: ReadonlyMap<string, Column>,
  length: number,
): void {
  for (const field of fields) {
    const column = columns.get(field.name);
    const problem =
      column === undefined
        ? 'is missing'
        : column.type !== field.type
          ? `is ${column.type}, not ${field.type}`
          : column.length !== length
            ? `has ${column.length} rows, not ${length}`
            : null;
    if (problem !== null) {
      throw new PwalkError('PWALK_SCHEMA_INVALID', `Column "${field.name}" of a batch ${problem}.`);
    }
  }
}
