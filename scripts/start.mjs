#!/usr/bin/env node
// npm start -- <command> …: sets the checkout up, then runs pwalk as if it were installed: relative
// paths are the caller's, not the checkout's.
import { setup } from './setup.mjs';

setup();
process.chdir(process.env.INIT_CWD ?? process.cwd());
await import('../packages/cli/bin/run.js');
