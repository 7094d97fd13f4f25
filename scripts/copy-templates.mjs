#!/usr/bin/env node
// copy-templates.mjs: puts templates/ into the package in the working directory, as dist/templates, so
// that `pwalk plugins new` has them where pwalk is installed.
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const templates = join(dirname(dirname(fileURLToPath(import.meta.url))), 'templates');
const target = join(process.cwd(), 'dist', 'templates');
rmSync(target, { recursive: true, force: true });
cpSync(templates, target, { recursive: true });
