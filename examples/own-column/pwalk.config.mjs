// A column of one's own: the project a path belongs to, the directory below the root.
import { columnBuilder, defineConfig, definePlugin, parquet } from 'pwalk';
import { z } from 'zod';

const projectField = {
  name: 'project',
  type: 'utf8',
  nullable: true,
  description: 'First directory below the root',
};

const project = definePlugin({
  name: 'project',
  kind: 'filter',
  pwalk: '^0.1.0',
  options: z.object({ below: z.int().min(0) }),
  capabilities: { columns: ['path'], adds: [projectField], releases: true },
  create: ({ below }) => ({
    map(batch) {
      const path = batch.column('path');
      const projects = columnBuilder(projectField);
      for (let row = 0; row < batch.length; row++) {
        projects.append(path.get(row).split('/')[below] ?? null);
      }
      return batch.with(new Map([[projectField, projects.finish()]]));
    },
  }),
});

export default defineConfig({
  roots: ['projects'],
  // projects/apollo/… is of the project apollo: the part after the first slash.
  filters: [project({ below: 1 })],
  sinks: [parquet({ path: 'projects.parquet' })],
});
