import { type ExcludePattern, excludePattern } from './exclude-pattern.js';

/**
 * The patterns of a file in gitignore form: one a line, `#` begins a comment, spaces at the end of a
 * line count only behind a backslash, `!` takes back what lines before exclude.
 * @param name how an error names the file
 * @throws PwalkError `PWALK_OPTIONS_INVALID` that names the line
 */
export function ignoreFile(content: Buffer, name: string): ExcludePattern[] {
  const patterns: ExcludePattern[] = [];
  lines(content).forEach((line, index) => {
    if (line.startsWith('#')) return;
    const text = line.replace(/^((?:\\.|[^\\])*?) +$/s, '$1');
    if (text !== '') patterns.push(excludePattern(text, `${name}, line ${index + 1}`));
  });
  return patterns;
}

/** The paths of a file, one a line, as the walk prints them. */
export function pathsFile(content: Buffer): string[] {
  return lines(content)
    .map((line) => line.replace(/(.)\/+$/, '$1'))
    .filter((line) => line !== '');
}

/** Lines as bytes, one character each, without what ends them. */
function lines(content: Buffer): string[] {
  return content
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .replace(/\r$/, '')
    .split(/\r?\n/);
}
