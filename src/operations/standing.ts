import { sql, type Transaction } from 'kysely';
import { liveStates } from '../../bridge/index.ts';
import { TAKEN_BACK } from '../books/index.ts';
import {
  SPENDABLE_COLUMNS,
  SPENDABLE_JOINS,
  type SpendableRow,
  spendableOf,
} from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { toMoment } from '../db/index.ts';
import { type GrantTerms, grantTerms, readGrantKind, withoutMoney } from '../ledger/index.ts';
import { parseAmount } from '../money/index.ts';
import { OPERATION_RULE } from './operation.ts';

export interface Look {
  /** Whose operations of lately are added up. */
  readonly proposer: string;
  readonly since: Date;
  /** An approval whose own hold does not count against itself. */
  readonly exceptApproval: string | null;
}

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
  /** What the proposer did for this client lately without a second admin. */
  readonly lately: bigint;
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

interface Row extends SpendableRow {
  readonly id: number;
  readonly status: string;
  readonly currency: number;
  readonly credit: string;
  readonly code: string | null;
  readonly unsettled: number | bigint;
  readonly excepted: bigint | null;
  readonly ledger: bigint | null;
  readonly unseen: number | bigint;
  readonly lately: string | bigint;
}

/**
 * How clients stand, and what the proposer did for them lately: operations that nobody approved, and credit of which the
 * proposer said that it is the client's own money, or that it came back.
 */
export async function standingOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  { proposer, since, exceptApproval }: Look,
): Promise<ReadonlyMap<number, ClientStanding>> {
  if (clientIds.length === 0) return new Map();
  const adminId = Number(/^admin:(\d+)$/.exec(proposer)?.[1] ?? 0);
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
  // What was seen is read before what is there, so the ledger may look behind, never ahead.
  const { rows } = await sql<Row>`
    SELECT c.id, c.status, c.currency, c.credit, cur.code, ${SPENDABLE_COLUMNS},
      (SELECT COUNT(*) FROM mod_creditbridge_commands u FORCE INDEX (client_state)
        WHERE u.client_id = c.id AND u.state IN ('open', 'running', 'unknown')
          AND u.action IN ('AddCredit', 'ApplyCredit', 'UnapplyCredit')) AS unsettled,
      (SELECT x.hold_hundredths FROM mod_creditbridge_approvals x
        WHERE x.id = ${exceptApproval} AND x.client_id = c.id AND x.state = 'pending') AS excepted,
      ac.balance_hundredths AS ledger,
      ${unseen} AS unseen,
      (SELECT COALESCE(SUM(o.amount_hundredths), 0) FROM mod_creditbridge_commands o FORCE INDEX (client_state)
        JOIN mod_creditbridge_command_terms t ON t.command_id = o.id AND t.actor = ${proposer}
        WHERE o.client_id = c.id AND o.state IN (${sql.join([...liveStates])}) AND o.rule = ${OPERATION_RULE}
          AND o.created_at >= ${toMoment(since)}
          AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_approvals ap
            WHERE ap.id = t.operation_id AND ap.state = 'approved'))
      + (SELECT COALESCE(SUM(e.amount_hundredths), 0) FROM mod_creditbridge_entries e FORCE INDEX (client)
        LEFT JOIN mod_creditbridge_grants g ON g.id = e.sequence AND g.refundable = 1
        WHERE e.client_id = c.id AND e.currency_id = c.currency AND e.evidence = 'admin'
          AND e.admin_id = ${adminId} AND e.recorded_at >= ${toMoment(since)}
          AND (g.id IS NOT NULL OR e.kind = 'return')) AS lately
    FROM tblclients c
    LEFT JOIN tblcurrencies cur ON cur.id = c.currency
    ${SPENDABLE_JOINS}
    LEFT JOIN mod_creditbridge_accounts ac ON ac.client_id = c.id AND ac.currency_id = c.currency
      AND ac.is_open = 1 AND ac.epoch = ${tail?.epoch ?? 0}
    WHERE c.id IN (${sql.join(clientIds)})`.execute(trx);
  return new Map(rows.map((row) => [row.id, toStanding(row, seen)]));
}

function toStanding(row: Row, seenLogId: number | null): ClientStanding {
  const creditHundredths = parseAmount(row.credit);
  const reserved = BigInt(row.reserved) - (row.excepted ?? 0n);
  return {
    id: row.id,
    status: row.status,
    currency: { id: row.currency, code: row.code ?? '' },
    creditHundredths,
    spendableHundredths: spendableOf(creditHundredths, { ...row, reserved }).spendableHundredths,
    frozenBecause: row.frozen_because,
    hasDrift: row.drift !== null,
    unsettled: Number(row.unsettled),
    ledgerHundredths: row.ledger,
    seenLogId,
    hasUnseenRows: Number(row.unseen) > 0,
    lately: BigInt(row.lately),
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
