import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { countingSink, project } from './support/project.js';
import { pwalk, scratch } from './support/pwalk.js';

/** A user that is not root; owner and identity need no account. */
const STRANGER = 65534;

const here = scratch();
const home = process.env.HOME ?? '';
const isRoot = process.getuid?.() === 0;

/** A module that leaves a file behind when it is run. */
const canary = () => `
import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(here.at('canary'))}, '');
`;
const config = `export default { roots: ['/usr/share/doc'], sinks: [{ use: './count.mjs' }] };`;

beforeEach(() => chmodSync(here.path, 0o755));

describe.runIf(isRoot)('as root', () => {
  it('loads nothing that lies in the working directory', () => {
    project(here.path, {
      'pwalk.config.ts': `${canary()}${config}`,
      'package.json': JSON.stringify({ type: 'module', pwalk: { roots: ['/'] } }),
      '.config/config.js': `${canary()}export default {};`,
      '.config/pwalkrc.js': `${canary()}export default {};`,
    });
    const { status, stderr } = pwalk(['run'], { cwd: here.path });
    expect(stderr).toMatch(
      /^pwalk: There is no pwalk\.config\.\* in .*name one with --config\.\n$/,
    );
    expect(status).toBe(2);
    expect(existsSync(here.at('canary'))).toBe(false);
  });

  it('loads no plugins of oclif that HOME names', () => {
    project(here.path, {
      '.local/share/pwalk/package.json': JSON.stringify({
        oclif: { plugins: [{ type: 'link', name: 'evil', root: here.at('evil') }] },
      }),
      'evil/package.json': JSON.stringify({
        name: 'evil',
        version: '1.0.0',
        type: 'module',
        oclif: { commands: './commands', hooks: { init: './hook.js' } },
      }),
      'evil/hook.js': `${canary()}export default () => {};`,
    });
    process.env.HOME = here.path;
    try {
      expect(pwalk(['report', '--help']).stderr).toBe('');
    } finally {
      process.env.HOME = home;
    }
    expect(existsSync(here.at('canary'))).toBe(false);
  });

  it.each([
    [
      'a config that its group can write',
      () => chmodSync(here.at('c.ts'), 0o664),
      /c\.ts" can be written by others than root; take that away \(chmod go-w\)/,
    ],
    [
      'a config that everybody can write',
      () => chmodSync(here.at('c.ts'), 0o646),
      /c\.ts" can be written by others/,
    ],
    [
      'a config of another user',
      () => chownSync(here.at('c.ts'), STRANGER, 0),
      /c\.ts" belongs to user 65534; make it root's/,
    ],
    [
      'a config below a directory that others can write',
      () => chmodSync(here.path, 0o777),
      /the directory ".*" can be written by others/,
    ],
    [
      'a config below a directory of another user',
      () => chownSync(here.path, STRANGER, 0),
      /the directory ".*" belongs to user 65534/,
    ],
    [
      'a plugin of another user that the config names',
      () => chownSync(here.at('count.mjs'), STRANGER, 0),
      /count\.mjs" belongs to user 65534/,
    ],
    [
      'a module of another user that the config imports',
      () => chownSync(here.at('imported.mjs'), STRANGER, 0),
      /imported\.mjs" belongs to user 65534/,
    ],
    [
      'TypeScript of another user that the config imports',
      () => chownSync(here.at('typed.ts'), STRANGER, 0),
      /typed\.ts" belongs to user 65534/,
    ],
    [
      'a module of another user that a plugin imports',
      () => chownSync(here.at('inner.mjs'), STRANGER, 0),
      /inner\.mjs" belongs to user 65534/,
    ],
    [
      'what a config gets by createRequire',
      () => chownSync(here.at('required.cjs'), STRANGER, 0),
      /required\.cjs" belongs to user 65534/,
    ],
    [
      'JSON that CommonJS gets by require',
      () => chmodSync(here.at('inner.json'), 0o666),
      /inner\.json" can be written by others/,
    ],
    [
      'what CommonJS of a package gets by require',
      () => chownSync(here.at('node_modules/pwalk-sink-count/deep.cjs'), STRANGER, 0),
      /pwalk-sink-count\/deep\.cjs" belongs to user 65534/,
    ],
    [
      'a package that others can write',
      () => chmodSync(here.at('node_modules/pwalk-sink-count/count.js'), 0o666),
      /pwalk-sink-count\/count\.js" can be written by others/,
    ],
  ])('refuses %s', (_, spoil, reason) => {
    project(here.path, {
      'c.ts': `${canary()}import './imported.mjs'; import './typed.ts';
import { createRequire } from 'node:module';
createRequire(import.meta.url)('./required.cjs');
export default { roots: ['/usr/share/doc'], sinks: [{ use: './count.mjs' }, { use: 'pwalk-sink-count' }] };`,
      'imported.mjs': '',
      'required.cjs': "require('./inner.json');",
      'inner.json': '{}',
      'typed.ts': 'const x: number = 1;',
      'count.mjs': `import './inner.mjs'; ${countingSink}`,
      'inner.mjs': '',
      'node_modules/pwalk-sink-count/package.json':
        '{"name":"pwalk-sink-count","type":"module","main":"count.js"}',
      'node_modules/pwalk-sink-count/count.js': `import './part.cjs'; ${countingSink}`,
      'node_modules/pwalk-sink-count/part.cjs': "require('./deep.cjs');",
      'node_modules/pwalk-sink-count/deep.cjs': '',
    });
    spoil();
    const { status, stderr, stdout } = pwalk(['run', '-c', here.at('c.ts')]);
    expect(stderr).toMatch(reason);
    expect(stderr).toMatch(
      /^pwalk: (Config "[^"]+", sinks\[[01]\]: )?Refused to load "[^"]+" as root: /,
    );
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(status).toBe(4);
  });

  it('refuses a symbolic link, also to a config it would take', () => {
    project(here.path, { 'c.mjs': `${canary()}${config}` });
    symlinkSync('c.mjs', here.at('link.mjs'));
    const { status, stderr } = pwalk(['run', '-c', here.at('link.mjs')]);
    expect(stderr).toContain('it is a symbolic link; name the file itself');
    expect(status).toBe(4);
    expect(existsSync(here.at('canary'))).toBe(false);
  });

  it('takes a config that is root’s alone, also one that PWALK_CONFIG names', () => {
    project(here.path, { 'count.mjs': countingSink, 'c.mjs': config });
    process.env.PWALK_CONFIG = here.at('c.mjs');
    try {
      const { status, stderr } = pwalk(['run']);
      expect(stderr).toBe('');
      expect(status).toBe(0);
    } finally {
      delete process.env.PWALK_CONFIG;
    }
  });

  it('another user gets the config found from their directory upward', () => {
    project(here.path, { 'count.mjs': countingSink, 'pwalk.config.mjs': config });
    mkdirSync(here.at('a/b'), { recursive: true });
    const { status, stdout, stderr } = pwalk(['run'], { cwd: here.at('a/b'), uid: STRANGER });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^rows \d+\n/);
    expect(status).toBe(0);
  });

  it('another user does not get a config that a third left above them', () => {
    project(here.path, {});
    writeFileSync(here.at('pwalk.config.mjs'), `${canary()}${config}`);
    chownSync(here.at('pwalk.config.mjs'), 12345, 12345);
    mkdirSync(here.at('a'));
    chmodSync(here.path, 0o777);
    const { status, stderr } = pwalk(['run'], { cwd: here.at('a'), uid: STRANGER });
    expect(stderr).toMatch(/it belongs to user 12345; name it with --config if you trust it\.\n$/);
    expect(status).toBe(4);
    expect(existsSync(here.at('canary'))).toBe(false);
  });
});
