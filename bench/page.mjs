// Pages in docs/internals/: their tables stand between comments that name them.
import { readFileSync, writeFileSync } from 'node:fs';

/** @returns {string} a markdown table */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, at) => (at === 0 ? '---' : '--:'))),
    ...rows.map(line),
  ].join('\n');
}

/** Replaces what stands between `<!-- name: begin -->` and `<!-- name: end -->` of a page. */
export function writeSection(name, text, pageName = 'performance') {
  const page = new URL(`../docs/internals/${pageName}.md`, import.meta.url);
  const whole = readFileSync(page, 'utf8');
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [whole.indexOf(begin), whole.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no place for "${name}"`);
  writeFileSync(page, `${whole.slice(0, from + begin.length)}\n\n${text}\n\n${whole.slice(to)}`);
}
