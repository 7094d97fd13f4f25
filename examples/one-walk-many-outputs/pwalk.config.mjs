// One walk into three outputs; all of them appear, or none.
import { csv, defineConfig, parquet, summary, where } from 'pwalk';

export default defineConfig({
  roots: ['.'],
  sinks: [
    parquet({ path: 'scan.parquet' }),
    // For the textfile collector of Prometheus' node exporter.
    summary({ path: 'pwalk.prom' }),
    // This sink alone gets what its filters leave.
    {
      filters: [where('type = "file" and size > 0 and atime < now - 90d')],
      sink: csv({ path: 'purge-candidates.csv' }),
    },
  ],
});
