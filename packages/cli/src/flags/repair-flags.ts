import { Flags } from '@oclif/core';
import { PwalkError } from '@pwalk/core';

/** Which rules a repair follows. */
export const ruleFlags = {
  setgid: Flags.boolean({
    description: 'directories hand their group on to what is made in them; on unless --no-setgid',
    default: true,
    allowNo: true,
    helpGroup: 'RULES',
  }),
  group: Flags.string({
    description:
      "what a bad group (private, root's, or of --change-gids) is replaced with: a number, a name, from-parent (that of the nearest trusted directory above), or keep",
    default: 'from-parent',
    helpValue: 'GID|NAME|from-parent|keep',
    helpGroup: 'RULES',
  }),
  'group-all': Flags.boolean({
    description: 'replace every group, not only bad ones',
    helpGroup: 'RULES',
  }),
  'allow-unknown-gid': Flags.boolean({
    description: 'groups that have no name here may be given',
    helpGroup: 'RULES',
  }),
  'change-gids': Flags.string({
    description: 'groups that are bad besides private ones, whether or not they exist',
    helpValue: 'GID,GID',
    helpGroup: 'RULES',
  }),
  'force-group-writable': Flags.boolean({
    description: 'directories g+rwx, files g+rw and g+x where the owner has x',
    helpGroup: 'RULES',
  }),
  'ensure-group-readable': Flags.boolean({
    description: 'directories g+rx, files g+r',
    helpGroup: 'RULES',
  }),
  'chown-from': Flags.string({
    description: 'change the owner of what belongs to this user',
    helpValue: 'USER',
    dependsOn: ['chown-to'],
    helpGroup: 'RULES',
  }),
  'chown-to': Flags.string({
    description: '… to this one, and the group too when one is given',
    helpValue: 'USER[:GROUP]',
    dependsOn: ['chown-from'],
    helpGroup: 'RULES',
  }),
};

/** What a repair may touch. */
export const careFlags = {
  'one-file-system': Flags.boolean({
    description: 'never enter what is mounted below PATH: always so, the flag changes nothing',
    helpGroup: 'CARE',
  }),
  setid: Flags.option({
    options: ['skip', 'strip'] as const,
    description:
      'set-id programs and file capabilities, which a change of owner or group takes away: leave such files alone, or let it',
    default: 'skip',
    helpGroup: 'CARE',
  })(),
  acl: Flags.option({
    options: ['skip', 'mask'] as const,
    description:
      'access control lists, whose mask the group bits are: leave such entries alone, or change the mask',
    default: 'skip',
    helpGroup: 'CARE',
  })(),
};

/** How changes are made and kept. */
export const applyFlags = {
  journal: Flags.string({
    description: 'file to keep what is changed in, for undo; one in /var/log/pwalk when not given',
    helpValue: 'FILE',
    helpGroup: 'CHANGES',
  }),
  'max-changes': Flags.integer({
    description: 'stop after this many changes',
    min: 1,
    helpValue: 'N',
    helpGroup: 'CHANGES',
  }),
  'max-errors': Flags.integer({
    description: 'stop after this many changes that failed',
    min: 1,
    helpValue: 'N',
    helpGroup: 'CHANGES',
  }),
};

/** The rule flags as oclif parsed them. */
export interface ParsedRuleFlags {
  readonly setgid: boolean;
  readonly group: string;
  readonly 'group-all': boolean;
  readonly 'allow-unknown-gid': boolean;
  readonly 'change-gids': string | undefined;
  readonly 'force-group-writable': boolean;
  readonly 'ensure-group-readable': boolean;
  readonly 'chown-from': string | undefined;
  readonly 'chown-to': string | undefined;
}

/** What the flags ask for, as `repair()` takes it. @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function repairRules(flags: ParsedRuleFlags) {
  const [owner, group, ...rest] = flags['chown-to']?.split(':') ?? [];
  if (rest.length > 0) throw misfit('--chown-to', flags['chown-to'] ?? '', 'USER or USER:GROUP');
  const from = flags['chown-from'];
  return {
    setgid: flags.setgid,
    group: account('--group', flags.group),
    groupAll: flags['group-all'],
    allowUnknownGid: flags['allow-unknown-gid'],
    changeGids: (flags['change-gids']?.split(',') ?? []).map((gid) =>
      account('--change-gids', gid),
    ),
    forceGroupWritable: flags['force-group-writable'],
    ensureGroupReadable: flags['ensure-group-readable'],
    ...(from === undefined ? {} : { chownFrom: account('--chown-from', from) }),
    ...(owner === undefined ? {} : { chownTo: account('--chown-to', owner) }),
    ...(group === undefined ? {} : { chownToGroup: account('--chown-to', group) }),
  };
}

const LAST_ID = 0xffff_fffe;

/** A number where it is written as one, else the name. */
function account(flag: string, text: string): number | string {
  const name = text.trim();
  if (name === '') throw misfit(flag, text, 'a name or a number');
  if (!/^[-+]?\d+$/.test(name)) return name;
  const id = Number(name);
  if (!(id >= 0 && id <= LAST_ID)) throw misfit(flag, text, `a number from 0 to ${LAST_ID}`);
  return id;
}

function misfit(flag: string, value: string, wanted: string): PwalkError {
  return new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `${flag} ${JSON.stringify(value)} does not fit; give ${wanted}.`,
  );
}
