// A program without types, as users write them: reports argv[2] into files in argv[3].
import { join } from 'node:path';
import { PwalkError, report } from 'pwalk';

const [root, directory] = process.argv.slice(2);
let progress = 0;
const summary = await report(root, {
  output: [
    join(directory, 'a.parquet'),
    { path: join(directory, 'b.csv'), columns: ['path', 'owner'] },
  ],
  constants: { site: 'here' },
  errors: join(directory, 'e.jsonl'),
  compression: 'none',
  threads: 2,
  memory: 64 * 1024 * 1024,
  signal: new AbortController().signal,
  onProgress: () => progress++,
  onWarning: (message) => console.error(message),
});
const refused = await report(root, {
  output: join(directory, 'c.parquet'),
  compresion: 'zstd',
}).catch((error) => (error instanceof PwalkError ? [error.code, error.message] : error));
console.log(
  JSON.stringify({
    rows: summary.outputs.map(({ path, rows }) => [path, rows]),
    complete: summary.complete,
    told: progress > 0,
    refused,
  }),
);
