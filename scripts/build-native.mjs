#!/usr/bin/env node
// build-native.mjs [target] [--variant release|asan|tsan|fuzz]
//
// Compiles what the native.json of the package in the working directory describes, with g++ alone:
// no make, no Python, no headers fetched. Objects are kept in build/<variant>/, vendored ones once for
// all variants, and compiled again only when a file they include changed. The default target is "addon", the default variant "release".
// With sanitizers the standard library's headers are compiled once for all sources; a release build does
// without, so that a source which leaves out a header it needs does not compile.
//
// native.json: { "<target>": { "output", "kind": "addon" | "executable", "sources": [directories or
// files], "vendored"?: [{ "package", "sources", "include" }] } }. Vendored C comes from npm packages
// and is compiled without our warnings and without sanitizers.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packageDir = process.cwd();
const requireHere = createRequire(join(packageDir, 'package.json'));
const compiler = process.env.CXX ?? 'g++';
/** Part of every object's name: what another compiler made is not ours. Empty where there is none. */
const compilerVersion = String(spawnSync(compiler, ['--version']).stdout ?? '').split('\n')[0];

const variants = {
  release: ['-O3', '-DNDEBUG', '-D_FORTIFY_SOURCE=2'],
  asan: [
    '-O1',
    '-g1',
    '-fsanitize=address,undefined',
    '-fno-sanitize=vptr', // needs descriptors, which some tests take away
    '-fno-sanitize-recover=all',
    '-fno-omit-frame-pointer',
  ],
  // With CXX=clang++: libFuzzer comes with it. Its own warnings are not ours to heed.
  fuzz: [
    '-O1',
    '-g1',
    '-fsanitize=fuzzer,address,undefined',
    '-fno-sanitize=vptr',
    '-fno-sanitize-recover=all',
    '-fno-omit-frame-pointer',
    '-Wno-error',
  ],
  tsan: ['-O1', '-g1', '-fsanitize=thread', '-fno-omit-frame-pointer'],
};

/** What every object is compiled with: hardening, and pinned code (threads may outlive an environment). */
const cxxFlags = [
  '-std=c++20',
  '-fPIC',
  '-pthread',
  '-Wall',
  '-Wextra',
  '-Wshadow',
  '-Werror',
  '-fstack-protector-strong',
];
const cFlags = ['-x', 'c', '-std=gnu11', '-O3', '-fPIC', '-DNDEBUG', '-w', '-DZSTD_DISABLE_ASM=1'];
const standardHeader = join(root, 'native/standard.hpp');
const linkFlags = ['-pthread', '-Wl,-z,relro,-z,now'];

function packageRoot(name) {
  return dirname(requireHere.resolve(`${name}/package.json`));
}

function filesOf(base, sources, extension) {
  return sources.flatMap((source) => {
    const path = join(base, source);
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith(extension))
      .sort()
      .map((name) => join(path, name));
  });
}

/** Every command to run: compile each object, then link. */
function plan(target, variant) {
  const vendored = (target.vendored ?? []).map((one) => ({
    ...one,
    home: packageRoot(one.package),
  }));
  // Released programs are compiled as addons are, so that what they measure is the addon's very objects.
  const isForNode = target.kind === 'addon' || variant === 'release';
  const includes = [
    ...(isForNode
      ? [
          '-isystem',
          join(packageRoot('node-api-headers'), 'include'),
          '-isystem',
          packageRoot('node-addon-api'),
        ]
      : []),
    ...vendored.flatMap(({ home, include }) =>
      include.flatMap((dir) => ['-isystem', join(home, dir)]),
    ),
    '-I',
    join(root, 'native/include'),
    '-I',
    join(packageDir, 'cpp'),
  ];
  const napiFlags = isForNode
    ? [
        '-DNAPI_VERSION=9',
        '-DNODE_ADDON_API_DISABLE_DEPRECATED',
        '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL',
        // A worker thread that is terminated refuses every call, also to throw.
        '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
        '-fvisibility=hidden',
      ]
    : [];
  const precompiled =
    variant === 'release' || !compilerVersion.startsWith('g++')
      ? undefined
      : precompiledHeader([...cxxFlags, ...variants[variant]], variant);
  const compile = (source, args, folder = variant) => {
    const key = createHash('sha256')
      .update([compiler, compilerVersion, source, ...args].join('\0'))
      .digest('hex')
      .slice(0, 16);
    const object = join(packageDir, 'build', folder, `${key}.o`);
    return {
      source,
      object,
      args: [...args, '-MMD', '-MF', `${object}.d`, '-MT', object, '-c', source],
    };
  };
  const objects = [
    ...filesOf(packageDir, target.sources, '.cpp').map((source) =>
      compile(source, [
        ...cxxFlags,
        ...variants[variant],
        ...napiFlags,
        ...(precompiled ? ['-include', standardHeader] : []),
        ...includes,
      ]),
    ),
    ...vendored.flatMap(({ home, sources }) =>
      filesOf(home, sources, '.c').map((source) => compile(source, cFlags, 'vendored')),
    ),
  ];
  const output = join(
    packageDir,
    'build',
    variant === 'release' ? target.output : `${target.output}-${variant}`,
  );
  const sanitize = variants[variant].filter((flag) => flag.startsWith('-fsanitize'));
  const shape =
    target.kind === 'addon'
      ? ['-shared', '-static-libstdc++', '-static-libgcc', '-Wl,-z,nodelete']
      : [];
  return { objects, precompiled, output, link: [...sanitize, ...linkFlags, ...shape] };
}

/**
 * The standard library's headers, compiled with the flags of one variant. g++ looks for what fits in the directory
 * of this name beside the header, and takes the header itself where nothing does.
 */
function precompiledHeader(flags, variant) {
  const object = join(root, 'native/standard.hpp.gch', variant);
  const args = [...flags, '-MMD', '-MF', `${object}.d`, '-MT', object, '-x', 'c++-header'];
  return { source: standardHeader, object, args: [...args, standardHeader] };
}

/** True when the object is younger than all it was made from. */
function isFresh({ object, source }) {
  if (!existsSync(object) || !existsSync(`${object}.d`)) return false;
  const made = statSync(object).mtimeMs;
  const inputs = readFileSync(`${object}.d`, 'utf8')
    .replace(/\\\n/g, ' ')
    .split(/\s+/)
    .slice(1)
    .filter(Boolean);
  return [source, ...inputs].every((path) => existsSync(path) && statSync(path).mtimeMs <= made);
}

function run(args) {
  return new Promise((done, failed) => {
    const child = spawn(compiler, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', failed);
    child.on('exit', (code) =>
      code === 0 ? done() : failed(new Error(`${compiler} exited with ${code}`)),
    );
  });
}

/** Builds a target of the package in the working directory and returns the path of what it made. */
export async function buildNative(name = 'addon', variant = 'release') {
  const target = JSON.parse(readFileSync(join(packageDir, 'native.json'), 'utf8'))[name];
  if (target === undefined || variants[variant] === undefined)
    throw new Error(`no target "${name}" or variant "${variant}"`);
  const { objects, precompiled, output, link } = plan(target, variant);
  for (const folder of [variant, 'vendored']) {
    mkdirSync(join(packageDir, 'build', folder), { recursive: true });
  }
  const compile = async ({ object, args }) => {
    await run([...args, '-o', `${object}.new`]);
    // Named when whole: a compiler that was killed leaves nothing that looks fresh.
    renameSync(`${object}.new`, object);
  };
  if (precompiled !== undefined && !isFresh(precompiled)) {
    mkdirSync(dirname(precompiled.object), { recursive: true });
    await compile(precompiled);
  }
  const work = objects.filter((object) => !isFresh(object)).values();
  const lane = async () => {
    for (const object of work) await compile(object);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  const parts = [...objects.map(({ object }) => object), ...link];
  const recipe = `${output}.link`;
  const madeOf = existsSync(recipe) ? readFileSync(recipe, 'utf8') : '';
  const madeAt = existsSync(output) ? statSync(output).mtimeMs : 0;
  const isNewer = ({ object }) => statSync(object).mtimeMs > madeAt;
  if (madeOf !== parts.join('\n') || objects.some(isNewer)) {
    // Linked aside and renamed: a process that has the old file loaded keeps it whole.
    const aside = `${output}.${process.pid}`;
    await run([...parts, '-o', aside]);
    rmSync(output, { force: true });
    renameSync(aside, output);
    writeFileSync(recipe, parts.join('\n'));
  }
  return output;
}

if (resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const flag = args.indexOf('--variant');
  const variant = flag < 0 ? 'release' : args.splice(flag, 2)[1];
  if (process.platform !== 'linux') {
    console.error('pwalk: the native parts are for Linux; the portable ones will be used.');
  } else if (compilerVersion === '') {
    console.error(`pwalk: no ${compiler} here; the portable parts will be used, which are slower.`);
  } else {
    console.error(await buildNative(args[0], variant));
  }
}
