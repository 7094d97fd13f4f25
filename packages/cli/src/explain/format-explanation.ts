import {
  type ExplainedStage,
  type Explanation,
  escapeText,
  formatSize,
  fullEntrySchema,
  type SourceThreads,
} from '@pwalk/core';

/** How a pipeline would be run, for people: some lines of text without a final newline. */
export function formatExplanation(explanation: Explanation): string {
  const { source, filters, sinks, actions, columns, calls, threads, memory, spill, overflow } =
    explanation;
  const ahead = [source, ...filters];
  const lines = ahead.map((stage, depth) => line(stage, depth));
  for (const sink of sinks) {
    const branch = [...sink.filters, sink];
    lines.push(...branch.map((stage, depth) => line(stage, ahead.length + depth)));
  }
  lines.push(...actions.map((stage) => line(stage, ahead.length)));
  const most = fullEntrySchema.fields.length;
  lines.push('', `columns asked of ${source.id}, ${columns.length} of ${most}:`);
  lines.push(`  ${columns.length === 0 ? 'none' : columns.join(', ')}`);
  if (calls !== null) {
    lines.push('system calls:');
    lines.push(`  for each entry:     ${counted(calls.perEntry)}`);
    lines.push(`  for each directory: ${counted(calls.perDirectory)}`);
  }
  if (threads !== null) lines.push(`threads: ${counts(threads)}`);
  lines.push(`memory: ${formatSize(memory)} beyond what Node takes`);
  if (spill !== null) {
    const [most, limit] = [formatSize(spill.memory), formatSize(spill.limit)];
    lines.push(
      `  directories that wait: ${most}, and beyond that ${limit} on disk, in "${escapeText(spill.directory)}"`,
    );
  }
  if (overflow !== null) {
    lines.push(
      `  batches that a sink is slow to take: up to ${formatSize(overflow.limit)} on disk, in "${escapeText(overflow.directory)}"`,
    );
  }
  return lines.join('\n');
}

/** `4`; `2, up to 64 while calls are slow`. */
function counts({ least, most }: SourceThreads): string {
  return most > least ? `${least}, up to ${most} while calls are slow` : String(least);
}

/** A stage, indented by how many stand before it. */
function line({ id, kind, columns, adds, effects }: ExplainedStage, depth: number): string {
  const facts = [
    ...(columns.length === 0
      ? []
      : [`reads ${columns === 'all' ? 'all columns' : columns.join(', ')}`]),
    ...(adds.length === 0 ? [] : [`adds ${adds.join(', ')}`]),
    ...(effects.length === 0 ? [] : [`may ${effects.join(', ')}`]),
  ];
  const arrow = depth === 0 ? '' : `${'  '.repeat(depth)}─► `;
  return `${arrow}${kind} ${id}${facts.length === 0 ? '' : `: ${facts.join('; ')}`}`;
}

/** `openat, 2 getdents64`; `none`. */
function counted(calls: readonly string[]): string {
  const times = new Map<string, number>();
  for (const call of calls) times.set(call, (times.get(call) ?? 0) + 1);
  const words = [...times].map(([call, count]) => (count > 1 ? `${count} ${call}` : call));
  return words.length === 0 ? 'none' : words.join(', ');
}
