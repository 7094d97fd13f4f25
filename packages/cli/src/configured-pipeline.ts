import { loadConfig, type ResolvedPipeline, resolvePipeline } from '@pwalk/core/config';
import { builtIns } from './built-ins.js';

export interface Selection {
  /** As given with `--config`. */
  readonly file?: string | undefined;
  /** The command that asks, for configs that are functions. */
  readonly command: string;
  /** `[name] [paths…]`: what stands first is a pipeline where the config has one of that name. */
  readonly words: readonly (string | Uint8Array)[];
}

/**
 * The pipeline of a config that the command line asks for, checked.
 * @throws PwalkError with everything that is wrong
 */
export async function configuredPipeline(selection: Selection): Promise<ResolvedPipeline> {
  const config = await loadConfig({
    file: selection.file,
    environment: { command: selection.command },
  });
  const [first] = selection.words;
  // Where there is no default pipeline, the first word can only be meant as a name.
  const isName =
    typeof first === 'string' &&
    config.isSeveral &&
    (config.pipelines.has(first) || !config.pipelines.has('default'));
  const roots = isName ? selection.words.slice(1) : selection.words;
  return resolvePipeline(config, {
    name: isName ? first : undefined,
    roots: roots.length > 0 ? roots : undefined,
    builtIns,
    defaultSource: async () => (await import('@pwalk/native-walker')).walker({ roots: [] }),
  });
}
