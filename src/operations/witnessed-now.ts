import type { Db } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import { invoiceNow } from '../whmcs/index.ts';

export interface WitnessedNow {
  readonly balanceHundredths: bigint | null;
  readonly invoice: {
    readonly status: string;
    /** Null, like what is left to pay, where the invoice's figures do not add up. */
    readonly creditHundredths: bigint | null;
    readonly balanceHundredths: bigint | null;
  } | null;
}

/** What stands in WHMCS's tables now of what a command's witnesses saw; null members where the row is gone. */
export async function witnessedNow(
  db: Db,
  clientId: number,
  invoiceId: number | null,
): Promise<WitnessedNow> {
  const [client, invoice] = await Promise.all([
    db.selectFrom('tblclients').select('credit').where('id', '=', clientId).executeTakeFirst(),
    invoiceId === null ? undefined : invoiceNow(db, invoiceId),
  ]);
  const figures = invoice?.money.arithmetic === 'neither' ? undefined : invoice?.money;
  return {
    balanceHundredths: client === undefined ? null : parseAmount(client.credit),
    invoice:
      invoice === undefined
        ? null
        : {
            status: invoice.status,
            creditHundredths: figures?.creditHundredths ?? null,
            balanceHundredths: figures?.openHundredths ?? null,
          },
  };
}
