// Group permissions of what a filter leaves: pwalk run -c pwalk.config.mjs --dry-run shows the plan.
// Take dryRun away to apply it; see docs/guide/repair.md for the journal and for undoing it.
import { defineConfig, permissionRepair, where } from 'pwalk';

export default defineConfig({
  roots: ['shared'],
  filters: [where('not (name = "private")')],
  actions: [
    permissionRepair({ root: 'shared', forceGroupWritable: true, setgid: false, group: 'keep' }),
  ],
  allow: ['fs:chmod', 'fs:chown'],
  dryRun: true,
});
