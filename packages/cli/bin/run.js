#!/usr/bin/env node
// Signals first: an early SIGUSR1 would open Node's inspector, an early SIGTERM would leave files behind.
import '../dist/interruption.js';

if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-v')) {
  // Answered before anything is loaded, at the speed of bare node.
  const { readFileSync } = await import('node:fs');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  console.log(`pwalk/${version} ${process.platform}-${process.arch} node-${process.version}`);
} else {
  // Node 22 and later can keep compiled code between runs.
  (await import('node:module')).enableCompileCache?.();
  const { main } = await import('../dist/main.js');
  await main(process.argv.slice(2), import.meta.url);
}
