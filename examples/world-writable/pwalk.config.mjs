// What everybody may write: pwalk run -c pwalk.config.mjs -q /srv. Status 4 when there is any.
import { defineConfig, jsonl, mode, type } from 'pwalk';

export default defineConfig({
  roots: ['.'],
  // The mode of a symbolic link means nothing.
  filters: [type(['file', 'directory']), mode('world-writable')],
  sinks: [jsonl({ path: '-', columns: ['path', 'path_raw', 'mode', 'uid'] })],
  failOnMatch: true,
});
