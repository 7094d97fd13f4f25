import { hostname } from 'node:os';
import { type AddonDatagram, loadAddon } from './addon.js';

/** One event for the system's log: plain values, names escaped already. */
export interface AuditEvent extends Readonly<Record<string, string>> {
  readonly action: string;
  readonly status: string;
}

/** Where events go besides our own file. */
export interface SystemLog {
  /** Never waits, never throws: a log that is full loses the event, and the file has it. */
  send(event: AuditEvent): void;
}

const JOURNALD = '/run/systemd/journal/socket';
const SYSLOG = '/dev/log';

/** Facility authpriv (10), severity notice (5). */
const PRIORITY = 10 * 8 + 5;
/** What receivers of RFC 5424 take at least some of; ours keep to it. */
const LONGEST_MESSAGE = 8192;
const LONGEST_VALUE = 2048;

/** journald where it runs, else syslog; null where neither listens. */
export function systemLog(run: string): SystemLog | null {
  const { Datagram } = loadAddon();
  const journald = new Datagram(JOURNALD);
  if (journald.error() === 0) return logger(journald, (event) => journaldMessage(run, event));
  const syslog = new Datagram(SYSLOG);
  return syslog.error() === 0 ? logger(syslog, (event) => syslogMessage(run, event)) : null;
}

function logger(socket: AddonDatagram, format: (event: AuditEvent) => Buffer): SystemLog {
  return { send: (event) => void socket.send(format(event)) };
}

/**
 * An event as RFC 5424 describes it. Values are in structured data, where `"`, `\` and `]` are escaped;
 * control characters were escaped before, so no name can end the record or forge another.
 */
export function syslogMessage(run: string, event: AuditEvent): Buffer {
  const header = `<${PRIORITY}>1 ${new Date().toISOString()} ${hostname()} pwalk ${process.pid} repair`;
  const parameters = Object.entries({ run, ...event }).map(
    ([name, value]) => ` ${name}="${cut(value).replace(/["\\\]]/g, '\\$&')}"`,
  );
  const text = `${header} [pwalk@32473${parameters.join('')}] repair: ${event.action} ${event.status}`;
  return Buffer.from(text).subarray(0, LONGEST_MESSAGE);
}

/** An event in journald's own protocol: every value with its length, so that it may hold anything. */
export function journaldMessage(run: string, event: AuditEvent): Buffer {
  const { path = '' } = event;
  const fields = {
    MESSAGE: `repair: ${event.action} ${event.status} ${path}`.trimEnd(),
    PRIORITY: '5',
    SYSLOG_FACILITY: '10',
    SYSLOG_IDENTIFIER: 'pwalk',
    PWALK_RUN: run,
    ...Object.fromEntries(
      Object.entries(event).map(([name, value]) => [`PWALK_${name.toUpperCase()}`, value]),
    ),
  };
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => {
      const bytes = Buffer.from(cut(value));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      return [Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n')];
    }),
  );
}

function cut(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE)}…`;
}
