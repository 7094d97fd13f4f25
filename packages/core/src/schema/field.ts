/**
 * Column types, each with the Arrow type it has in memory and in files.
 *
 * | type       | Arrow                        | values in JavaScript           |
 * |------------|------------------------------|--------------------------------|
 * | utf8       | Utf8                         | string                         |
 * | binary     | Binary                       | Uint8Array                     |
 * | bool       | Bool                         | boolean                        |
 * | int32      | Int32                        | number                         |
 * | uint32     | Uint32                       | number                         |
 * | float64    | Float64                      | number                         |
 * | int64      | Int64                        | bigint                         |
 * | uint64     | Uint64                       | bigint                         |
 * | timestamp  | Timestamp(microsecond, UTC)  | bigint, microseconds since 1970|
 * | dictionary | Dictionary<Utf8, Uint8>      | string, out of `values`        |
 */
export type ColumnType =
  | 'utf8'
  | 'binary'
  | 'bool'
  | 'int32'
  | 'uint32'
  | 'float64'
  | 'int64'
  | 'uint64'
  | 'timestamp'
  | 'dictionary';

/** One column of a schema. */
export interface Field {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** The whole vocabulary of a `dictionary` column, at most 256 words; its order is the coding. */
  readonly values?: readonly string[];
  /** One sentence for the people who read files made from this schema. */
  readonly description: string;
}
