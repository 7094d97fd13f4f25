import { decodeName, type Explanation, explainPipeline } from '@pwalk/core';
import type { ResolvedPipeline } from '@pwalk/core/config';
import { formatExplanation } from './format-explanation.js';

/** How a pipeline of a config would be run. */
export interface ConfiguredExplanation extends Explanation {
  readonly pipeline: string;
  readonly file: string;
  readonly description: string | null;
  readonly roots: readonly string[];
  /** Effects that plugins may have. */
  readonly allow: readonly string[];
  readonly dryRun: boolean;
  readonly failOnMatch: boolean;
}

/** Opens nothing. @throws PwalkError with everything that is wrong */
export async function explainConfigured(
  pipeline: ResolvedPipeline,
): Promise<ConfiguredExplanation> {
  const { name, file, description, roots, spec, failOnMatch } = pipeline;
  return {
    pipeline: name,
    file,
    description,
    roots: roots.map((root) => decodeName(Buffer.from(root)).text),
    ...(await explainPipeline(spec)),
    allow: spec.allow ?? [],
    dryRun: spec.dryRun ?? false,
    failOnMatch,
  };
}

/** For people: some lines of text without a final newline. */
export function formatConfigured(explanation: ConfiguredExplanation): string {
  const { pipeline, file, description, roots, allow } = explanation;
  const lines = [
    `pipeline ${pipeline} of ${file}${description === null ? '' : `: ${description}`}`,
    ...(roots.length === 0 ? [] : [`walks ${roots.join(', ')}`]),
    '',
    formatExplanation(explanation),
    '',
    `allowed: ${allow.length === 0 ? 'no effect beyond their outputs' : allow.join(', ')}`,
  ];
  if (explanation.dryRun) lines.push('actions are planned and not applied');
  if (explanation.failOnMatch) lines.push('status 4 when an entry comes through the filters');
  return lines.join('\n');
}
