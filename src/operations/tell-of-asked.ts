import { APPROVAL_DAYS } from '../commands/index.ts';
import type { Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { readToday } from '../today/index.ts';
import type { Tools } from './asking.ts';
import { tellAdmins } from './tell-admins.ts';

/**
 * Has the admins mailed while proposals of rules wait, once a day: a rule may propose many at once, and no mail for each is
 * wanted, but none is to lapse unseen.
 */
export async function tellOfAsked(
  db: Db,
  { at, newId }: Pick<Tools, 'newId'> & { readonly at: Date },
): Promise<void> {
  const waiting = await db
    .selectFrom('mod_creditbridge_approvals')
    .select('id')
    .where('state', '=', 'pending')
    .where('fact', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  if (waiting === undefined) return;
  const { date } = await readToday(db);
  await inTransaction(db, (trx) =>
    tellAdmins(
      trx,
      {
        fact: `rules-ask:${date}`,
        subject: 'Credit Bridge: what rules propose waits until an admin agrees',
        text: `Rules proposed what they may not do alone. An admin with Manage Credits has to agree within ${APPROVAL_DAYS} days, under Addons > Credit Bridge > Approvals. What nobody decides about is not done.`,
      },
      at,
      newId,
    ),
  );
}
