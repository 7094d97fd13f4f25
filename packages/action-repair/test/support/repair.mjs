// repair.mjs TOP JOURNAL: one repair in a process of its own, for tests that need another namespace.
import { walker } from '@pwalk/native-walker';
import { repair } from '../../dist/index.js';

const [top, journal] = process.argv.slice(2);
try {
  const source = (root) => walker({ roots: [root], oneFileSystem: true });
  const options = { apply: true, journal, forceGroupWritable: true, allowUnknownGid: true };
  const { applied, skipped, exitCode } = await repair(top, options, { source });
  console.log(JSON.stringify({ applied, skipped, exitCode }));
} catch (error) {
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = error.exitCode ?? 1;
}
