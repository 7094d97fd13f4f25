import { dirname, extname } from 'node:path';
import { defaultLoaders } from 'cosmiconfig';
import { PwalkError } from '../errors/pwalk-error.js';
import { escapeText } from '../text/escape.js';
import { configFaults, isConfigExport, isSeveral } from './config-schema.js';
import type { ConfigEnvironment, PipelineConfig } from './define-config.js';
import { evaluateModule, isCode } from './evaluate-module.js';
import { findConfig } from './find-config.js';
import { soundConfig } from './sound-config.js';
import { readTrusted } from './trusted-file.js';

/** A config that has been read; its plugins have not been looked at. */
export interface LoadedConfig {
  readonly file: string;
  /** Plugins are looked up from here. */
  readonly directory: string;
  /** By name; a config of one pipeline has it under `default`. What `faults` tells of is not in them. */
  readonly pipelines: ReadonlyMap<string, PipelineConfig>;
  /** The file has several, so that their names mean something. */
  readonly isSeveral: boolean;
  /** What is wrong with its shape. `resolvePipeline()` throws these, together with what it finds itself. */
  readonly faults: readonly PwalkError[];
}

export interface LoadOptions {
  /** As given with `--config`; searched for when not given. */
  readonly file?: string | undefined;
  readonly environment: ConfigEnvironment;
}

/**
 * Finds and reads a config, and looks at its shape.
 * @throws PwalkError `PWALK_CONFIG_MISSING`, `PWALK_UNTRUSTED`; `PWALK_CONFIG_INVALID` where there is
 * nothing in it to look at further
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const file = await findConfig({ file: options.file });
  const exported = await call(file, await read(file), options.environment);
  const shape = configFaults(exported);
  const faults = shape.map(({ option, message }) => invalid(file, option, message));
  const config = soundConfig(exported, shape);
  if (config === null) throw combined(faults);
  return {
    file,
    directory: dirname(file),
    pipelines: new Map(
      isSeveral(config) ? Object.entries(config.pipelines) : [['default', config]],
    ),
    isSeveral: isSeveral(config),
    faults,
  };
}

/** What the file says or exports. */
async function read(file: string): Promise<unknown> {
  try {
    const { path, text } = readTrusted(file);
    if (isCode(path)) return exportedBy(file, await evaluateModule(path, text));
    // The loaders alone: cosmiconfig() itself runs a ./.config/config.js of the working directory.
    const loader = defaultLoaders[extname(path) === '.json' ? '.json' : '.yaml'];
    return await loader(path, text);
  } catch (error) {
    throw readFailure(file, error);
  }
}

function exportedBy(file: string, module: unknown): unknown {
  if (typeof module === 'object' && module !== null && 'default' in module) return module.default;
  throw invalid(file, '', 'it has no default export; write `export default defineConfig({ … })`');
}

function readFailure(file: string, error: unknown): PwalkError {
  if (error instanceof PwalkError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'PWALK_UNTRUSTED')
    return new PwalkError('PWALK_UNTRUSTED', message, { path: file, cause: error });
  return invalid(file, '', `it cannot be read: ${oneLine(message)}`, error);
}

/** Parsers show the place below their sentence; the first lines say what and where. */
function oneLine(message: string): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(JSON|YAML) Error in /.test(line));
  return escapeText(lines[0] ?? '').replace(/[.:]$/, '');
}

/** A config that is a function is asked for its config. */
async function call(
  file: string,
  exported: unknown,
  environment: ConfigEnvironment,
): Promise<unknown> {
  if (!isConfigExport(exported) || typeof exported !== 'function') return exported;
  try {
    return await exported(environment);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw invalid(file, '', `its function threw: ${oneLine(message)}`, error);
  }
}

/** One error of one or several; the message of several is all of theirs. */
export function combined(problems: readonly PwalkError[]): PwalkError {
  const [first] = problems;
  if (problems.length === 1 && first !== undefined) return first;
  return new PwalkError(
    problems.some(({ code }) => code === 'PWALK_UNTRUSTED')
      ? 'PWALK_UNTRUSTED'
      : 'PWALK_CONFIG_INVALID',
    problems.map(({ message }) => message).join(' '),
    { problems },
  );
}

/** A fault at a place of a config, as one sentence. */
export function invalid(
  file: string,
  option: string,
  message: string,
  cause?: unknown,
): PwalkError {
  return new PwalkError(
    'PWALK_CONFIG_INVALID',
    `Config "${escapeText(file)}"${option === '' ? '' : `, ${escapeText(option)}`}: ${message}.`,
    { path: file, option, cause },
  );
}
