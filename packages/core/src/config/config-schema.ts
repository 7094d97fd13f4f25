import { z } from 'zod';
import { LEAST_SPILL_LIMIT } from '../overflow/batch-overflow.js';
import { effects } from '../plugin/capabilities.js';
import { isStage } from '../plugin/plugin.js';
import { hooks } from '../plugin/timeouts.js';
import type {
  ConfigExport,
  FilteredSinkUse,
  PipelineConfig,
  PipelineConfigs,
  StageUse,
} from './define-config.js';

/** What is wrong at one place of a config. */
export interface ConfigFault {
  /** As `sinks[0].options.path`; empty for the config as a whole. */
  readonly option: string;
  /** The same in parts. */
  readonly path: readonly PropertyKey[];
  /** Without a final full stop. */
  readonly message: string;
}

const isNothing = (value: unknown) => value === undefined || value === null || value === false;

const named = z.strictObject({ use: z.string().min(1), options: z.unknown().optional() });

const use = z.custom<StageUse<never>>().superRefine((value: unknown, context) => {
  if (isNothing(value) || isStage(value)) return;
  if (typeof value === 'function') {
    context.addIssue({
      code: 'custom',
      message: 'this is the plugin itself; call it, with its options if it has any',
    });
    return;
  }
  if (typeof value !== 'object') {
    context.addIssue({
      code: 'custom',
      message: `expected plugin(options) or { use: "name", options }, received ${JSON.stringify(value) ?? typeof value}`,
    });
    return;
  }
  for (const issue of named.safeParse(value).error?.issues ?? []) {
    const { path } = issue;
    context.addIssue({ code: 'custom', message: describe({ ...issue, path: [0, ...path] }), path });
  }
});

const filtered = z.strictObject({ filters: z.array(use), sink: use });

const sinkUse = z
  .custom<StageUse<'sink'> | FilteredSinkUse>()
  .superRefine((value: unknown, context) => {
    const isFiltered =
      typeof value === 'object' && value !== null && !isStage(value) && 'sink' in value;
    const { error } = (isFiltered ? filtered : use).safeParse(value);
    for (const issue of error?.issues ?? []) {
      const message =
        issue.code === 'custom' ? issue.message : describe({ ...issue, path: [0, ...issue.path] });
      context.addIssue({ code: 'custom', message, path: issue.path });
    }
  });

const root = z.union([
  z.string().min(1),
  z.custom<Uint8Array>((value) => value instanceof Uint8Array),
]);

const pipeline = z.strictObject({
  description: z.string().optional(),
  roots: z.array(root).min(1).optional(),
  source: use.optional(),
  filters: z.array(use).optional(),
  sinks: z.array(sinkUse).optional(),
  actions: z.array(use).optional(),
  allow: z.array(z.enum(effects)).optional(),
  dryRun: z.boolean().optional(),
  credit: z.int().min(1).optional(),
  memory: z.union([z.int().min(1), z.string()]).optional(),
  overflow: z.enum(['pause', 'spill']).optional(),
  spillDir: z.string().min(1).optional(),
  spillLimit: z.union([z.int().min(LEAST_SPILL_LIMIT), z.string()]).optional(),
  onError: z.enum(['abort', 'skip-batch']).optional(),
  timeouts: z
    .strictObject(Object.fromEntries(hooks.map((hook) => [hook, z.number().positive().optional()])))
    .optional(),
  failOnMatch: z.boolean().optional(),
});

const several = z.strictObject({ pipelines: z.record(z.string().min(1), pipeline) });

/** Everything that is wrong with the shape of a config; empty when nothing is. */
export function configFaults(value: unknown): ConfigFault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [
      { option: '', path: [], message: 'the config is not an object; export defineConfig({ … })' },
    ];
  }
  const schema = 'pipelines' in value ? several : pipeline;
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map((issue) => ({
    option: optionPath(issue.path),
    path: issue.path,
    message: describe(issue),
  }));
}

/** A path as people write it in code: `sinks[0].options.path`. */
export function optionPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      return index === 0 ? String(part) : `.${String(part)}`;
    })
    .join('');
}

function describe(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(/^Invalid (input|option): /, '').replace(/\.$/, '');
  if (issue.code !== 'unrecognized_keys') return message;
  const place = issue.path.at(-1);
  const known =
    place === 'timeouts'
      ? hooks
      : Object.keys(typeof place === 'number' ? named.shape : pipeline.shape);
  return `there is no option ${issue.keys.map((key) => `"${key}"`).join(' or ')} here; there are ${known.join(', ')}`;
}

/** Whether a checked config has several pipelines. */
export function isSeveral(config: PipelineConfig | PipelineConfigs): config is PipelineConfigs {
  return 'pipelines' in config;
}

/** Whether an exported value is a config or makes one: its content is checked afterwards. */
export function isConfigExport(value: unknown): value is ConfigExport {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}
