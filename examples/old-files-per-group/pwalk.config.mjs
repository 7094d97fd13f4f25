// Files nobody has changed for a year, counted per group: pwalk run -c pwalk.config.mjs /data > old.csv
import { defineConfig, definePlugin, where } from 'pwalk';
import { z } from 'zod';

const perGroup = definePlugin({
  name: 'per-group',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: z.undefined(),
  capabilities: { columns: ['gid', 'size'], releases: true },
  create: () => {
    const groups = new Map();
    return {
      write(batch) {
        const gid = batch.column('gid').values;
        const size = batch.column('size').values;
        for (let row = 0; row < batch.length; row++) {
          const sum = groups.get(gid[row]) ?? { files: 0, bytes: 0n };
          sum.files++;
          sum.bytes += size[row];
          groups.set(gid[row], sum);
        }
      },
      close({ ok }) {
        if (!ok) return;
        console.log('gid,files,bytes');
        for (const [gid, { files, bytes }] of groups) console.log(`${gid},${files},${bytes}`);
      },
    };
  },
});

export default defineConfig({
  roots: ['.'],
  filters: [where('type = "file" and mtime < now - 1y')],
  sinks: [perGroup()],
});
