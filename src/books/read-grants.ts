import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import {
  type ClientGrant,
  type GrantDetail,
  type GrantFilter,
  type ReadCursor,
  type ReadListing,
  readGrantKind,
  withoutMoney,
} from '../ledger/index.ts';
import { drawDownsOfGrant } from './read-draw-downs.ts';
import { isOfCurrentEpoch, ROWS_LOOKED_THROUGH, readSequence, toPage } from './read-page.ts';
import { TAKEN_BACK } from './taken-back.ts';

/**
 * Grants, newest first. A client's are found by index and put in order; without a client the list goes by id, and looks
 * through {@link ROWS_LOOKED_THROUGH} rows for what else the filter asks.
 */
export async function listGrants(
  db: Db,
  filter: GrantFilter,
  cursor: ReadCursor,
  limit: number,
): Promise<ReadListing<ClientGrant>> {
  const { clientId, kind, remainingOnly = false } = filter;
  const before = readSequence(cursor);
  const looksThrough = clientId === undefined && (kind !== undefined || remainingOnly);
  const end = looksThrough ? await endOfWindow(db, before) : undefined;
  const rows = await selectGrants(db)
    .where(isOfCurrentEpoch('g'))
    .where('g.id', '<', before)
    .$if(end !== undefined, (q) => q.where('g.id', '>=', end ?? 0n))
    .$if(clientId !== undefined, (q) => q.where('g.client_id', '=', clientId ?? 0))
    .$if(kind !== undefined, (q) => q.where('g.kind', '=', kind ?? ''))
    .$if(remainingOnly, (q) => q.where('g.remaining_hundredths', '>', 0n))
    // By an expression for a client's, or the optimizer walks the whole table in its order instead of the client's index.
    .orderBy(clientId === undefined ? sql`g.id` : sql`g.id + 0`, 'desc')
    .limit(limit + 1)
    .execute();
  const page = toPage(rows.map(toGrant), limit, ({ id }) => id);
  return { ...page, next: page.next ?? (end === undefined ? undefined : String(end)) };
}

/** The oldest grant that is looked at for one page; undefined when there are fewer. */
async function endOfWindow(db: Db, before: bigint): Promise<bigint | undefined> {
  const found = await db
    .selectFrom('mod_creditbridge_grants as g')
    .select('g.id')
    .where('g.id', '<', before)
    .where(isOfCurrentEpoch('g'))
    .orderBy('g.id', 'desc')
    .limit(1)
    .offset(ROWS_LOOKED_THROUGH - 1)
    .executeTakeFirst();
  return found?.id;
}

/** A grant with what was drawn from it. */
export async function findGrant(db: Db, id: bigint): Promise<GrantDetail | undefined> {
  const [row, draws] = await Promise.all([
    selectGrants(db).where('g.id', '=', id).executeTakeFirst(),
    drawDownsOfGrant(db, id),
  ]);
  return row === undefined ? undefined : { grant: toGrant(row), ...draws };
}

export function selectGrants(db: Db) {
  return (
    db
      .selectFrom('mod_creditbridge_grants as g')
      .select(['g.id', 'g.epoch', 'g.client_id as clientId', 'g.currency_id as currencyId'])
      .select(['g.kind', 'g.amount_hundredths as amountHundredths', 'g.priority', 'g.rule'])
      .select(['g.remaining_hundredths as remainingHundredths', 'g.opened_on as openedOn'])
      .select(['g.starts_on as startsOn', 'g.expires_on as expiresOn', 'g.command_id as commandId'])
      .select(['g.follows_invoice_id as followsInvoiceId'])
      .select(sql<number>`g.refundable`.as('refundable'))
      .select('g.money_back_hundredths as moneyBackHundredths')
      // Only a few grants have lost their money, so the sum is asked for these alone.
      .select(
        sql<bigint | string>`IF(g.money_back_hundredths = 0, 0, ${TAKEN_BACK})`.as('takenBack'),
      )
  );
}

type GrantRow = Awaited<ReturnType<ReturnType<typeof selectGrants>['execute']>>[number];

export function toGrant({ takenBack, ...row }: GrantRow): ClientGrant {
  const without = withoutMoney({
    leftHundredths: row.followsInvoiceId === null ? row.remainingHundredths : 0n,
    moneyBackHundredths: row.moneyBackHundredths,
    takenBackHundredths: BigInt(takenBack),
  });
  const isWithoutMoney = without > 0n && without === row.remainingHundredths;
  return {
    ...row,
    kind: readGrantKind(row.kind),
    refundable: row.refundable === 1 && !isWithoutMoney,
    withoutMoneyHundredths: without,
  };
}
