import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti, type JitiOptions } from 'jiti';
import { checkTrusted, isRoot } from './trusted-file.js';
import { watchImports } from './watch-imports.js';

/** Whether a file's content is code, by its name. */
export const isCode = (path: string): boolean => /\.(mts|ts|mjs|js)$/.test(path);

/** No cache on disk: jiti's is in a directory of /tmp that anybody may have made. */
const options: JitiOptions = { fsCache: false, moduleCache: false, interopDefault: false };

/**
 * Runs a module of TypeScript or JavaScript from its text and returns what it exports: what is run is
 * the text, whatever has become of the file meanwhile. As root, what it imports must be root's too.
 */
export async function evaluateModule(path: string, text: string): Promise<unknown> {
  const compiler = createJiti(path, options);
  if (isRoot()) watchImports();
  const jiti = createJiti(path, {
    ...options,
    // Called for the text, and for every file of TypeScript it imports.
    transform: (file) => {
      if (file.filename !== undefined && file.filename !== path) checkTrusted(file.filename);
      return { code: compiler.transform(file) };
    },
  });
  return await jiti.evalModule(text, {
    filename: path,
    ext: extname(path),
    async: true,
    forceTranspile: true,
  });
}

/** The file that `import name` stands for in a module. @throws Error when there is none */
export function resolveImport(name: string, from: string): string {
  return fileURLToPath(createJiti(from, options).esmResolve(name));
}
