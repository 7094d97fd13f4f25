import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { expect, it } from 'vitest';
import { codeAround } from '../src/own-code.js';
import { scratch } from './support/tree.js';

const here = scratch();

function make(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(here.at(name)), { recursive: true });
    writeFileSync(here.at(name), text);
  }
  for (const [from, to] of Object.entries(links)) {
    mkdirSync(dirname(here.at(from)), { recursive: true });
    symlinkSync(here.at(to), here.at(from));
  }
}

function found(directory: string): string[] {
  const top = realpathSync(here.path);
  return [...codeAround(here.at(directory))].map((place) => relative(top, place)).sort();
}

it('of an installation: its outermost node_modules, links to its packages followed', () => {
  make({ 'app/node_modules/pwalk/node_modules/@pwalk/core/dist/index.js': '' }, {});
  expect(found('app/node_modules/pwalk/node_modules/@pwalk/core/dist')).toEqual([
    'app/node_modules',
  ]);
});

it('of a working copy: the package around a bundle, and each that is linked from it, in a circle too', () => {
  make(
    {
      'work/package.json': '{"name":"pwalk-workspace"}',
      'work/packages/cli/package.json': '{"name":"pwalk"}',
      'work/packages/cli/dist/bundle/package.json': '{"name":"pwalk"}',
      'work/packages/core/package.json': '{"name":"@pwalk/core"}',
      'work/packages/other/package.json': '{"name":"other"}',
      'work/node_modules/.store/zod/index.js': '',
    },
    {
      'work/packages/cli/node_modules/@pwalk/core': 'work/packages/core',
      'work/packages/core/node_modules/pwalk': 'work/packages/cli',
      'work/packages/core/node_modules/zod': 'work/node_modules/.store/zod',
    },
  );
  expect(found('work/packages/cli/dist/bundle')).toEqual([
    'work/node_modules',
    'work/packages/cli',
    'work/packages/core',
  ]);
});
