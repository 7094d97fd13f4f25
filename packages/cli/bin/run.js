#!/usr/bin/env node
// Not imported: `import` would read all exports of them, and some of those load half of Node.
const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
const { enableCompileCache } = process.getBuiltinModule('node:module');
const { fileURLToPath } = process.getBuiltinModule('node:url');

const [first = ''] = process.argv.slice(2);

if (process.argv.length === 3 && (first === '--version' || first === '-v')) {
  // Answered before anything is loaded, at the speed of bare node.
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  console.log(`pwalk/${version} ${process.platform}-${process.arch} node-${process.version}`);
} else {
  const commands = new URL('../dist/bundle/commands/', import.meta.url);
  /** Commands that load no plugins are there bundled too, and start in half the time. */
  const isBundled =
    /^[a-z]+$/.test(first) &&
    [`${first}.js`, `${first}/`].some((name) => existsSync(new URL(name, commands)));
  const home = new URL(isBundled ? '../dist/bundle/' : '../dist/', import.meta.url);

  // Signals first: an early SIGUSR1 would open Node's inspector, an early SIGTERM would leave files behind.
  await import(new URL('interruption.js', home).href);
  await import(new URL('environment.js', home).href);
  const supervision = await import(new URL('supervision.js', home).href);
  if (supervision.needsChild(process.argv.slice(2))) {
    supervision.runInChild(fileURLToPath(import.meta.url), process.argv.slice(2));
  } else {
    supervision.followParent();
    // Node 22 and later can keep compiled code between runs.
    enableCompileCache?.();
    const entry = new URL('main.js', home).href;
    const { main } = await import(entry);
    await main(process.argv.slice(2), entry, supervision.reportStatus);
  }
}
