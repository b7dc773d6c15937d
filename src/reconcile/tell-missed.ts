import { WhmcsError } from '../base/index.ts';
import type { Found, Tell, When } from '../deciding/index.ts';
import { type Located, occurrencesOf, type Subject, subjectOf } from '../events/index.ts';

export type MissedHook = 'InvoicePaid' | 'InvoiceCancelled' | 'InvoiceRefunded';

/** Asks the rules about these invoices as if the hook had just fired. */
export type TellMissed = (hook: MissedHook, invoiceIds: readonly number[]) => Promise<void>;

export interface TellMissedDependencies {
  readonly locate: (
    hooks: readonly { readonly hook: string; readonly subject: Subject }[],
  ) => Promise<Located>;
  readonly tell: Tell;
  /** Now, by WHMCS's calendar; null while its time zone is not known. */
  readonly when: () => Promise<When | null>;
}

/** A missed hook becomes the same occurrences as a delivery and takes the same path. */
export function createTellMissed({ locate, tell, when }: TellMissedDependencies): TellMissed {
  return async (hook, invoiceIds) => {
    if (invoiceIds.length === 0) return;
    const fired = invoiceIds.map((invoiceid) => {
      const data = { invoiceid };
      return { deliveryId: '', hook, data, subject: subjectOf(hook, data) };
    });
    const located = await locate(fired);
    const found = fired
      .flatMap((one) => occurrencesOf(one, located))
      .map((occurrence): Found => ({ occurrence, causedBy: null }));
    if (found.length === 0) return;
    const now = await when();
    if (now === null) {
      throw new WhmcsError('zone-unknown', 'WHMCS has not told its time zone yet.', {
        retry: true,
      });
    }
    await tell(found, now);
  };
}
