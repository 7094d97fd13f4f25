// Group permissions below one directory, but for what lies in directories called private:
//
//   pwalk run -c pwalk.config.mjs /data/proj
//
// shows every change it would make. Take dryRun away and it makes them, as root, and says how to undo them;
// docs/guide/repair.md has the rules.
import { defineConfig, permissionRepair, where } from 'pwalk';

export default defineConfig({
  // A filter sees entries, not trees: the name alone would spare the directory and not what is in it.
  filters: [where('path !~ /\\/private(\\/|$)/')],
  actions: [permissionRepair({ forceGroupWritable: true, setgid: false, group: 'keep' })],
  allow: ['fs:chmod', 'fs:chown'],
  dryRun: true,
});
