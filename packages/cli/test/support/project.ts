import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../..', import.meta.url));
const zod = fileURLToPath(new URL('../../../core/node_modules/zod', import.meta.url));

/** Writes files into a directory that has pwalk and zod installed, as a user's project has them. */
export function project(directory: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  symlinkSync(cli, join(directory, 'node_modules', 'pwalk'));
  symlinkSync(zod, join(directory, 'node_modules', 'zod'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

/** A sink in ten lines of JavaScript: prints how many rows it saw. */
export const countingSink = `
import { definePlugin } from 'pwalk';
import { z } from 'zod';
export const count = definePlugin({
  name: 'count', kind: 'sink', pwalk: '^0.1.0',
  options: z.object({ label: z.string().default('rows') }).optional(),
  capabilities: { columns: ['size'] },
  create: (options) => {
    let rows = 0;
    return { write(batch) { rows += batch.length; }, close() { console.log((options?.label ?? 'rows') + ' ' + rows); } };
  },
});
export default count;
`;
