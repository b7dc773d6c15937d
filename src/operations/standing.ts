import { sql, type Transaction } from 'kysely';
import { TAKEN_BACK } from '../books/index.ts';
import {
  type Holds,
  readHolds,
  STANDING_COLUMNS,
  STANDING_JOINS,
  type StandingRow,
  spendableOf,
} from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { type GrantTerms, grantTerms, readGrantKind, withoutMoney } from '../ledger/index.ts';
import { parseAmount } from '../money/index.ts';

export interface ClientStanding {
  readonly id: number;
  readonly status: string;
  readonly currency: { readonly id: number; readonly code: string };
  readonly creditHundredths: bigint;
  /** Credit less holds of commands and pending approvals, counted from the smaller balance while there is drift. */
  readonly spendableHundredths: bigint;
  readonly frozenBecause: string | null;
  readonly hasDrift: boolean;
  /** Commands that will still move this client's credit. */
  readonly unsettled: number;
  /** What the ledger says; null before its account is open. */
  readonly ledgerHundredths: bigint | null;
  /** The last row of the credit log that the ledger has seen; null while it does not follow. */
  readonly seenLogId: number | null;
  /** There are rows of this client that the ledger has not seen yet. */
  readonly hasUnseenRows: boolean;
}

export interface GrantStanding {
  readonly id: bigint;
  readonly clientId: number;
  readonly currencyId: number;
  readonly remainingHundredths: bigint;
  /** Of that, the part whose money went back to the payer. */
  readonly withoutMoneyHundredths: bigint;
  readonly terms: GrantTerms;
}

interface Row extends StandingRow {
  readonly id: number;
  readonly status: string;
  readonly currency: number;
  readonly credit: string;
  readonly code: string | null;
  readonly unsettled: number | bigint;
  readonly excepted: bigint | null;
  readonly ledger: bigint | null;
  readonly unseen: number | bigint;
}

/** How clients stand; the hold of an approval does not count against itself. */
export async function standingOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  exceptApproval: string | null = null,
): Promise<ReadonlyMap<number, ClientStanding>> {
  if (clientIds.length === 0) return new Map();
  const tail = await trx
    .selectFrom('mod_creditbridge_tail')
    .select(['epoch', 'state', 'cursor_log_id'])
    .where('id', '=', 1)
    .executeTakeFirst();
  const seen = tail?.state === 'following' ? tail.cursor_log_id : null;
  // Where the ledger does not follow, nothing is certain anyway, and all rows of the log would be looked through.
  const unseen =
    seen === null
      ? sql`1`
      : sql`EXISTS (SELECT 1 FROM tblcredit l WHERE l.id > ${seen} AND l.clientid = c.id)`;
  const holds = await readHolds(trx, clientIds);
  // What was seen is read before what is there, so the ledger may look behind, never ahead.
  const { rows } = await sql<Row>`
    SELECT c.id, c.status, c.currency, c.credit, cur.code, ${STANDING_COLUMNS},
      (SELECT COUNT(*) FROM mod_creditbridge_commands u FORCE INDEX (client_state)
        WHERE u.client_id = c.id AND u.state IN ('open', 'running', 'unknown')
          AND u.action IN ('AddCredit', 'ApplyCredit', 'UnapplyCredit')) AS unsettled,
      (SELECT x.hold_hundredths FROM mod_creditbridge_approvals x
        WHERE x.id = ${exceptApproval} AND x.client_id = c.id AND x.state = 'pending') AS excepted,
      ac.balance_hundredths AS ledger,
      ${unseen} AS unseen
    FROM tblclients c
    LEFT JOIN tblcurrencies cur ON cur.id = c.currency
    ${STANDING_JOINS}
    LEFT JOIN mod_creditbridge_accounts ac ON ac.client_id = c.id AND ac.currency_id = c.currency
      AND ac.is_open = 1 AND ac.epoch = ${tail?.epoch ?? 0}
    WHERE c.id IN (${sql.join(clientIds)})`.execute(trx);
  return new Map(rows.map((row) => [row.id, toStanding(row, holds, seen)]));
}

function toStanding(row: Row, holds: Holds, seenLogId: number | null): ClientStanding {
  const creditHundredths = parseAmount(row.credit);
  const excepted = row.excepted ?? 0n;
  const others = { ...holds, reserved: (id: number) => holds.reserved(id) - excepted };
  return {
    id: row.id,
    status: row.status,
    currency: { id: row.currency, code: row.code ?? '' },
    creditHundredths,
    spendableHundredths: spendableOf(
      { clientId: row.id, creditHundredths, drift: row.drift },
      others,
    ).spendableHundredths,
    frozenBecause: row.frozen_because,
    hasDrift: row.drift !== null,
    unsettled: Number(row.unsettled),
    ledgerHundredths: row.ledger,
    seenLogId,
    hasUnseenRows: Number(row.unseen) > 0,
  };
}

/** A grant of the current epoch. */
export async function grantStanding(
  trx: Transaction<Database>,
  id: string,
): Promise<GrantStanding | undefined> {
  const row = await trx
    .selectFrom('mod_creditbridge_grants as g')
    .innerJoin('mod_creditbridge_tail as t', 't.epoch', 'g.epoch')
    .select(['g.id', 'g.client_id', 'g.currency_id', 'g.remaining_hundredths', 'g.kind'])
    .select(['g.starts_on', 'g.expires_on', 'g.priority', 'g.refundable', 'g.rule'])
    .select(['g.follows_invoice_id', 'g.money_back_hundredths'])
    .select(TAKEN_BACK.as('taken_back'))
    .where('g.id', '=', BigInt(id))
    .where('t.id', '=', 1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    clientId: row.client_id,
    currencyId: row.currency_id,
    remainingHundredths: row.remaining_hundredths,
    withoutMoneyHundredths: withoutMoney({
      leftHundredths: row.follows_invoice_id === null ? row.remaining_hundredths : 0n,
      moneyBackHundredths: row.money_back_hundredths,
      takenBackHundredths: BigInt(row.taken_back),
    }),
    terms: grantTerms.parse({
      kind: readGrantKind(row.kind),
      startsOn: row.starts_on,
      expiresOn: row.expires_on,
      priority: row.priority,
      refundable: row.refundable === 1,
      followsInvoiceId: row.follows_invoice_id,
      rule: row.rule,
    }),
  };
}
