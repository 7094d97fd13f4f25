// Who has how much, by SQL over a scan: node largest.mjs scan.parquet (npm install @duckdb/node-api)
import { DuckDBInstance } from '@duckdb/node-api';

const [scan] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const result = await connection.runAndReadAll(
  `select uid, count(*) as files, sum(size) as bytes
   from read_parquet($scan) where type = 'file'
   group by uid order by bytes desc limit 10`,
  { scan },
);
for (const [uid, files, bytes] of result.getRows()) console.log(`${uid}\t${files}\t${bytes}`);
