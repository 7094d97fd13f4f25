import { type Accounting, isClosed } from '../accounting/accounting.js';
import { PwalkError } from '../errors/pwalk-error.js';

/** @throws PwalkError `PWALK_ACCOUNTING_BROKEN` when the account is not closed or counts other rows than came */
export function checkAccounting(accounting: Accounting, rows: number): void {
  if (isClosed(accounting) && accounting.rows === rows) return;
  throw new PwalkError(
    'PWALK_ACCOUNTING_BROKEN',
    `The walk does not add up: ${accounting.read} read, but ${accounting.rows} rows + ${accounting.vanished} vanished + ${accounting.excluded} excluded, and ${rows} rows seen; please report this.`,
  );
}

/**
 * Of a stream that came to its end.
 * @param came rows of the source
 * @param handedOn rows that filters and sinks were given
 * @param waiting bytes that are on disk
 * @throws PwalkError `PWALK_ACCOUNTING_BROKEN` when the rows are not as many, or some still wait
 */
export function checkDelivery(came: number, handedOn: number, waiting: number): void {
  if (came === handedOn && waiting === 0) return;
  throw new PwalkError(
    'PWALK_ACCOUNTING_BROKEN',
    `The walk does not add up: ${came} rows came from the source, but ${handedOn} were handed on, and ${waiting} bytes of them are still on disk; please report this.`,
  );
}
