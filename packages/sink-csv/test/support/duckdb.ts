import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';

/** Runs SQL in which `$file` stands for the file. */
export async function query(path: string, sql: string): Promise<Record<string, DuckDBValue>[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const literal = `'${path.replaceAll("'", "''")}'`;
    const result = await connection.runAndReadAll(sql.replaceAll('$file', () => literal));
    return result.getRowObjects();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
