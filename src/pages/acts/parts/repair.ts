import { z } from 'zod';
import { acceptedKinds } from '../../../ledger/index.ts';
import type { Proposed } from '../../../operations/index.ts';
import type { ActContext } from '../../context.ts';
import { again, type Done, redirect, repeated } from '../../done.ts';
import { text, whmcsId } from '../../form/form-schema.ts';

const hundredths = text.pipe(z.string().regex(/^-?\d{1,17}$/)).transform(BigInt);

/** The balances that the admin saw, and what to do about their difference. */
export const repairForm = z.object({
  currency: whmcsId,
  whmcs: hundredths,
  ledger: hundredths,
  as: z.enum(acceptedKinds).catch('adjustment'),
  reason: text,
});

/** The difference as the admin saw it. */
export function seenDifference(
  { admin }: ActContext,
  clientId: number,
  form: z.output<typeof repairForm>,
) {
  return {
    clientId,
    currencyId: form.currency,
    whmcsHundredths: form.whmcs,
    ledgerHundredths: form.ledger,
    adminId: admin.adminId,
  };
}

export const NO_REASON = 'Nothing was done: say why. The reason is kept with the entry.';

/** Goes on after a repair of the ledger was proposed. */
export function repaired<const Word extends string>(
  clientId: number,
  proposed: Proposed,
  word: Word,
): Done<Word | 'waits'> {
  const page = `drifts/${clientId}`;
  switch (proposed.outcome) {
    case 'refused':
      return again(`Nothing was done. ${proposed.message}`);
    case 'exists':
      return repeated(page);
    case 'waits-for-approval':
      return redirect(page, 'done', 'waits');
    default:
      return redirect(page, 'done', word);
  }
}
