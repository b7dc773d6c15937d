import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { insertRows } from '../db/index.ts';
import type { Changes, Grant } from '../ledger/index.ts';
import type { Account } from './load-books.ts';

/** What postings changed in one account: the last state of grants and spends, and draw-downs in order. */
export type AccountChanges = Changes & Account;

/** Writes what postings changed, with a few statements for all accounts together. */
export async function writeChanges(
  trx: Transaction<Database>,
  epoch: number,
  changes: readonly AccountChanges[],
): Promise<void> {
  await writeGrants(trx, epoch, changes);
  await insertRows(
    trx,
    'mod_creditbridge_draw_downs',
    [
      'epoch',
      'client_id',
      'grant_id',
      'spend_sequence',
      'by_sequence',
      'direction',
      'amount_hundredths',
    ],
    changes.flatMap(({ clientId, drawDowns }) =>
      drawDowns.map(({ grantId, spend, by, direction, amountHundredths }) => [
        epoch,
        clientId,
        grantId,
        spend,
        by,
        direction,
        amountHundredths,
      ]),
    ),
  );
  await writeUnfunded(trx, epoch, changes);
}

async function writeGrants(
  trx: Transaction<Database>,
  epoch: number,
  changes: readonly (Account & { readonly grants: readonly Grant[] })[],
): Promise<void> {
  await insertRows(
    trx,
    'mod_creditbridge_grants',
    [
      'id',
      'epoch',
      'client_id',
      'currency_id',
      'kind',
      'amount_hundredths',
      'remaining_hundredths',
      'opened_on',
      'starts_on',
      'expires_on',
      'priority',
      'refundable',
      'rule',
      'command_id',
      'follows_invoice_id',
    ],
    changes.flatMap(({ clientId, currencyId, grants }) =>
      grants.map((grant) => [
        grant.id,
        epoch,
        clientId,
        currencyId,
        grant.kind,
        grant.amountHundredths,
        grant.remainingHundredths,
        grant.openedOn,
        grant.startsOn,
        grant.expiresOn,
        grant.priority,
        grant.refundable ? 1 : 0,
        grant.rule,
        grant.commandId,
        grant.followsInvoiceId,
      ]),
    ),
    { onDuplicate: 'remaining_hundredths = VALUES(remaining_hundredths)' },
  );
}

/** Keeps a row for each spend with an unfunded part, and deletes the others. */
async function writeUnfunded(
  trx: Transaction<Database>,
  epoch: number,
  changes: readonly (Account & Pick<Changes, 'spends'>)[],
): Promise<void> {
  const all = changes.flatMap(({ clientId, currencyId, spends }) =>
    spends.map(({ sequence, unfundedHundredths }) => ({
      clientId,
      currencyId,
      sequence,
      unfundedHundredths,
    })),
  );
  const covered = all.filter(({ unfundedHundredths }) => unfundedHundredths === 0n);
  if (covered.length > 0) {
    await sql`DELETE FROM mod_creditbridge_unfunded
      WHERE sequence IN (${sql.join(covered.map(({ sequence }) => sequence))})`.execute(trx);
  }
  await insertRows(
    trx,
    'mod_creditbridge_unfunded',
    ['sequence', 'epoch', 'client_id', 'currency_id', 'amount_hundredths'],
    all
      .filter(({ unfundedHundredths }) => unfundedHundredths > 0n)
      .map(({ sequence, clientId, currencyId, unfundedHundredths }) => [
        sequence,
        epoch,
        clientId,
        currencyId,
        unfundedHundredths,
      ]),
    { onDuplicate: 'amount_hundredths = VALUES(amount_hundredths)' },
  );
}
