import * as Flags from '@oclif/core/flags';

/**
 * Which config a command reads.
 * @param exclusive flags that say what a config says itself
 */
export const configFlag = (exclusive: string[] = []) =>
  Flags.string({
    char: 'c',
    description:
      'config file; PWALK_CONFIG, or the first pwalk.config.* from here upward to home, in $XDG_CONFIG_HOME/pwalk and in /etc/pwalk when not given',
    helpValue: 'FILE',
    exclusive,
  });
