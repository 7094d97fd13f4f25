import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The user's home: `HOME`, else what the user database says, else `/`, as service managers and
 * containers have it for users that are not in it. Never a relative path, which would be anybody's.
 */
export function homeDirectory(environment: Environment = process.env): string {
  const { HOME } = environment;
  if (HOME !== undefined && isAbsolute(HOME)) return HOME;
  try {
    const { homedir } = userInfo();
    return isAbsolute(homedir) ? homedir : '/';
  } catch {
    return '/';
  }
}

/** A directory of the XDG Base Directory Specification, which has relative values ignored. */
export function xdgDirectory(
  { variable, below }: { readonly variable: string; readonly below: string },
  home: string,
  environment: Environment = process.env,
): string {
  const named = environment[variable];
  return named !== undefined && isAbsolute(named) ? named : join(home, below);
}
