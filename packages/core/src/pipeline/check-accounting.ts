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
