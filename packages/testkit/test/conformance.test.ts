import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Action,
  BatchBuilder,
  type Capabilities,
  definePlugin,
  type Filter,
  fullEntrySchema,
  NumberColumn,
  type PlannedEffect,
  type Sink,
  type Source,
  type Stage,
} from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { anyOptions, checkConformance, conformance, rules, type Subject } from '@pwalk/testkit';
import { describe, expect, it } from 'vitest';

interface Made {
  readonly name?: string;
  readonly capabilities?: Capabilities;
  readonly pwalk?: string;
}

/** A sink that keeps the rules: counts rows into a file that appears when it is whole. */
class CountFile implements Sink {
  rows = 0;
  file: OutputFile | null = null;
  readonly path: string;

  constructor(directory: string) {
    this.path = join(directory, 'count');
  }

  async open() {
    this.file = await OutputFile.open(this.path);
  }
  write(batch: Parameters<Sink['write']>[0]) {
    this.rows += batch.column('size').length;
  }
  checkpoint() {}
  async close(outcome: { ok: boolean }) {
    if (!outcome.ok) return this.file?.discard();
    await this.file?.write(Buffer.from(`${this.rows}\n`));
    await this.file?.publish();
  }
  outputs() {
    return [{ path: this.path, format: 'count', rows: this.rows, bytes: null }];
  }
}

const goodSink: Capabilities = {
  columns: ['size'],
  atomic: true,
  resumable: true,
  releases: true,
};

function sink(create: (directory: string) => Sink, made: Made = {}): Subject['stage'] {
  return (directory) =>
    definePlugin({
      name: made.name ?? 'subject',
      kind: 'sink',
      pwalk: made.pwalk ?? '*',
      options: anyOptions<undefined>(),
      capabilities: made.capabilities ?? goodSink,
      create: () => create(directory),
    })(undefined);
}

const flag = {
  name: 'is_big',
  type: 'uint32',
  nullable: false,
  description: 'size over 1 MiB',
} as const;

function filter(
  create: () => Filter,
  capabilities: Capabilities = { columns: ['size'] },
): Subject['stage'] {
  return () =>
    definePlugin({
      name: 'subject',
      kind: 'filter',
      pwalk: '*',
      options: anyOptions<undefined>(),
      capabilities,
      create,
    })(undefined);
}

/** A filter that keeps the rules: adds a column. */
const marking = (): Filter => ({
  map: (batch) => {
    const { values } = batch.column('size');
    const marks = Uint32Array.from({ length: batch.length }, (_, row) =>
      Number((values[row] ?? 0n) > 1n << 20n),
    );
    return batch.with(new Map([[flag, new NumberColumn('uint32', marks)]]));
  },
});

const oneRow = () => {
  const builder = new BatchBuilder(fullEntrySchema);
  builder.append({
    path: '/x',
    name: 'x',
    ext: '',
    type: 'file',
    parent_inode: 0n,
    depth: 0,
    state: 'ok',
    operation: 'none',
  });
  return builder.finish();
};

function source(create: () => Source): Subject['stage'] {
  return () =>
    definePlugin({
      name: 'subject',
      kind: 'source',
      pwalk: '*',
      options: anyOptions<undefined>(),
      create,
    })(undefined);
}

/** A source that keeps the rules. */
const oneRowSource = (): Source => {
  let schema = fullEntrySchema;
  return {
    open: (ctx) => {
      schema = fullEntrySchema.pick(ctx.columns);
      return schema;
    },
    async *read() {
      yield oneRow().narrowedTo(schema);
      yield oneRow().narrowedTo(schema);
    },
  };
};

function action(
  create: (directory: string) => Action,
  effects: Capabilities['effects'] = ['fs:delete'],
): Subject['stage'] {
  return (directory) =>
    definePlugin({
      name: 'subject',
      kind: 'action',
      pwalk: '*',
      options: anyOptions<undefined>(),
      capabilities: { columns: ['path', 'type'], effects },
      create: () => create(directory),
    })(undefined);
}

/** An action that keeps the rules: deletes empty-named files. */
class DeleteFiles implements Action {
  readonly found: PlannedEffect[] = [];
  plan(batch: Parameters<Action['plan']>[0]) {
    for (let row = 0; row < batch.length; row++) {
      if (batch.column('type').get(row) !== 'file') continue;
      const path = batch.column('path').get(row) ?? '';
      this.found.push({ effect: 'fs:delete', path, summary: 'delete it' });
    }
  }
  finish() {
    return this.found;
  }
  journal() {}
  apply({ path }: PlannedEffect) {
    rmSync(path, { force: true });
  }
}

describe('plugins that keep the rules pass', () => {
  conformance({
    describe,
    it,
    stage: sink((directory) => new CountFile(directory)),
    read: (directory) => readFileSync(join(directory, 'count'), 'utf8'),
  });
  conformance({
    describe,
    it,
    stage: filter(marking, { columns: ['size'], adds: [flag], releases: true }),
  });
  conformance({ describe, it, stage: source(oneRowSource) });
  conformance({ describe, it, stage: action(() => new DeleteFiles()) });
});

/** For each rule a plugin that breaks it. */
const shared: { rows: number } = { rows: 0 };
const broken: Readonly<Record<string, Subject>> = {
  'are accepted by the plugin’s own schema': {
    stage: () =>
      definePlugin({
        name: 'subject',
        kind: 'sink',
        pwalk: '*',
        options: {
          '~standard': {
            version: 1,
            vendor: 'x',
            validate: () => ({ issues: [{ message: 'no' }] }),
          },
        },
        create: () => ({ write: () => {} }),
      })(undefined),
  },
  'that do not fit are answered with issues, never with a throw': {
    stage: () =>
      definePlugin({
        name: 'subject',
        kind: 'sink',
        pwalk: '*',
        options: {
          '~standard': {
            version: 1,
            vendor: 'x',
            validate: (value: unknown) => {
              if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
              return { value };
            },
          },
        },
        create: () => ({ write: () => {} }),
      })({}),
  },
  'lead to capabilities that pwalk knows': {
    stage: sink((directory) => new CountFile(directory), {
      capabilities: { ...goodSink, ...{ colums: ['size'] } },
    }),
  },
  'come with a range of versions of @pwalk/core that the running one fits': {
    stage: sink((directory) => new CountFile(directory), { pwalk: '^99.0.0' }),
  },
  'a run ends well, its columns among those it declared': {
    stage: sink(() => ({ write: (batch) => void batch.column('uid') })),
  },
  'a run without a batch ends well': {
    stage: sink(
      () => {
        let first: bigint | null | undefined;
        return {
          write: (batch) => {
            first ??= batch.column('size').get(0);
          },
          close: ({ ok }) => {
            if (ok && first === undefined) throw new TypeError('no first row');
          },
        };
      },
      { capabilities: { columns: ['size'] } },
    ),
  },
  'a second run of the same stage makes the same as the first': {
    stage: sink(
      (directory) => ({
        write: (batch) => {
          shared.rows += batch.length;
        },
        close: ({ ok }) => {
          if (ok) writeFileSync(join(directory, 'out'), 'x'.repeat(shared.rows));
        },
      }),
      { capabilities: { columns: ['size'] } },
    ),
  },
  'no timer, handle or descriptor is left behind, however a run ends': {
    patience: 0.2,
    stage: sink(
      () => {
        const fd = openSync('/dev/null', 'r');
        return { write: () => {}, close: ({ ok }) => (ok ? closeSync(fd) : undefined) };
      },
      { capabilities: {} },
    ),
  },
  'every batch has the schema that open returned': {
    stage: source(() => ({
      ...oneRowSource(),
      open: () => fullEntrySchema.pick(new Set(['path'])),
    })),
  },
  'only columns that were asked for are produced, of those of the entries table': {
    stage: source(() => ({
      open: () => fullEntrySchema,
      async *read() {
        yield oneRow();
      },
    })),
  },
  'reading ends when it is left early': {
    stage: source(() => ({
      ...oneRowSource(),
      read: () => ({
        [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: oneRow() }) }),
      }),
    })),
  },
  'no more rows come out than went in': {
    stage: filter(() => ({
      map: () => {
        const builder = new BatchBuilder(fullEntrySchema);
        for (let row = 0; row < 500; row++)
          builder.append({
            path: '/x',
            name: 'x',
            ext: '',
            type: 'file',
            parent_inode: 0n,
            depth: 0,
            state: 'ok',
            operation: 'none',
          });
        return builder.finish();
      },
    })),
  },
  'the columns it adds are those it declared, and are in every batch': {
    stage: filter(() => ({ map: (batch) => batch }), { columns: ['size'], adds: [flag] }),
  },
  'outputs are told with a path, a format and their rows': {
    stage: sink((directory) => {
      const good = new CountFile(directory);
      good.outputs = () => [{ path: good.path, format: 'count', rows: Number.NaN, bytes: null }];
      return good;
    }),
  },
  'a dry run changes nothing': {
    stage: action((directory) => {
      const bad = new DeleteFiles();
      bad.finish = () => {
        for (const { path } of bad.found) rmSync(path);
        rmSync(join(directory, 'one'), { recursive: true });
        return bad.found;
      };
      return bad;
    }),
  },
  'only effects that it declared are planned': {
    stage: action(() => new DeleteFiles(), ['fs:chmod']),
  },
  'what it came to is told in the documented form': {
    stage: action(() =>
      Object.assign(new DeleteFiles(), {
        result: () => ({ state: 'complete' as const, lines: [], facts: { since: new Date(0) } }),
      }),
    ),
  },
  'an effect that is applied again does no harm': {
    stage: action(() => {
      const bad = new DeleteFiles();
      bad.apply = ({ path }) => rmSync(path);
      return bad;
    }),
  },
  'a batch is taken without waiting for the next': {
    patience: 0.2,
    stage: sink(
      () => {
        let release: () => void = () => {};
        return {
          write: () => {
            release();
            return new Promise<void>((done) => {
              release = done;
            });
          },
          flush: () => release(),
        };
      },
      { capabilities: {} },
    ),
  },
  'a slow neighbour gets every batch': {
    stage: source(() => ({
      ...oneRowSource(),
      async *read() {
        let asked = 0;
        const started = performance.now();
        while (asked++ < 50) {
          // It goes by the clock instead of by what it is asked.
          if (performance.now() - started > 1) throw new Error('too late, the batch is gone');
          yield oneRow();
          await new Promise((done) => setTimeout(done, 2));
        }
      },
    })),
  },
  'batches are left as they were': {
    stage: filter(() => ({
      map: (batch) => {
        const { values } = batch.column('size');
        if (values instanceof BigUint64Array) values.fill(0n);
        return batch;
      },
    })),
  },
  'what releases batches reads none after it acknowledged it': {
    stage: sink(
      (directory) => {
        const kept: BigUint64Array[] = [];
        return {
          write: (batch) => {
            const { values } = batch.column('size');
            if (values instanceof BigUint64Array) kept.push(values);
          },
          close: ({ ok }) => {
            if (ok) writeFileSync(join(directory, 'sizes'), kept.join('\n'));
          },
        };
      },
      { capabilities: { columns: ['size'], releases: true } },
    ),
  },
  'a run that is cancelled ends as cancelled': {
    stage: sink(
      () => ({
        write: () => {},
        close: ({ ok }) => {
          if (!ok) throw new Error('I was not ready');
        },
      }),
      { capabilities: {} },
    ),
  },
  'it closes quietly when another stage fails': {
    stage: sink(
      () => ({
        write: () => {},
        close: (outcome) => {
          if (!outcome.ok && outcome.error.plugin === 'failing') throw new Error('and so do I');
        },
      }),
      { capabilities: {} },
    ),
  },
  'nothing has its final name before close': {
    stage: sink((directory) => ({
      open: () => writeFileSync(join(directory, 'out'), ''),
      write: () => {},
    })),
  },
  'nothing is left of a run that fails or is cancelled': {
    stage: sink((directory) => {
      const bad = new CountFile(directory);
      bad.close = async () => bad.file?.publish();
      return bad;
    }),
  },
  'a checkpoint between two batches changes nothing of the result': {
    read: (directory) => readFileSync(join(directory, 'count'), 'utf8'),
    stage: sink((directory) => {
      const bad = new CountFile(directory);
      bad.checkpoint = () => {
        bad.rows = 0;
      };
      return bad;
    }),
  },
};

describe('the kit fails a plugin that breaks a rule', () => {
  it.each(rules().map(({ name }) => name))('%s', async (name) => {
    const subject = broken[name];
    if (subject === undefined) throw new Error(`no plugin here breaks the rule "${name}"`);
    const verdicts = await checkConformance(subject, (rule) => rule.name === name);
    expect(verdicts.find(({ rule }) => rule === name)?.fault, JSON.stringify(verdicts)).toEqual(
      expect.any(String),
    );
  });
});

describe('the kit', () => {
  it('says what is wrong in words', async () => {
    const verdicts = await checkConformance({
      stage: sink(() => ({ write: (batch) => void batch.column('uid') })),
    });
    expect(verdicts.find(({ rule }) => rule.startsWith('a run ends well'))?.fault).toContain(
      'This batch has no column "uid"; declare it in capabilities.columns',
    );
  });

  it('tests only what a plugin declares', async () => {
    const stage: (directory: string) => Stage = sink(() => ({ write: () => {} }), {
      capabilities: {},
    });
    const suites = new Set((await checkConformance({ stage })).map(({ suite }) => suite));
    expect([...suites]).toEqual([
      'options',
      'lifecycle',
      'output',
      'backpressure',
      'acknowledgement',
      'abort',
      'errors',
    ]);
  });
});
