import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { type GrantTerms, grantTerms, readGrantKind } from '../ledger/index.ts';

/** The entry of the current epoch that took parked credit off. */
export interface ParkedEntry {
  readonly sequence: bigint;
  readonly clientId: number;
  readonly amountHundredths: bigint;
  /** Imported at an adoption: it drew no grants. */
  readonly isHistory: boolean;
  readonly grants: readonly bigint[];
  /** The terms that the credit has when it comes back; null for history. */
  readonly terms: GrantTerms | null;
}

interface Row {
  readonly sequence: bigint;
  readonly client_id: number;
  readonly amount_hundredths: bigint;
  readonly does: string | null;
}

/** Finds the entry of a command that parked credit; undefined while the ledger has not seen it. */
export async function parkedEntry(
  trx: Transaction<Database>,
  parkFact: string,
): Promise<ParkedEntry | undefined> {
  const { rows } = await sql<Row>`
    SELECT e.sequence, e.client_id, e.amount_hundredths, e.does
    FROM mod_creditbridge_commands k FORCE INDEX (live_fact)
    JOIN mod_creditbridge_entries e ON e.command_id = k.id
    JOIN mod_creditbridge_tail t ON t.epoch = e.epoch AND t.id = 1
    WHERE k.live_fact = ${parkFact} AND k.state = 'done'
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
    ORDER BY e.sequence DESC LIMIT 1`.execute(trx);
  const [entry] = rows;
  if (entry === undefined) return undefined;
  const drawn = await trx
    .selectFrom('mod_creditbridge_draw_downs as d')
    .innerJoin('mod_creditbridge_grants as g', 'g.id', 'd.grant_id')
    .select(['g.id', 'g.kind', 'g.starts_on', 'g.expires_on', 'g.priority', 'g.refundable'])
    .select(['g.rule', 'g.follows_invoice_id'])
    .where('d.by_sequence', '=', entry.sequence)
    .where('d.direction', '=', 'draw')
    .orderBy('d.id')
    .execute();
  const [first] = drawn;
  return {
    sequence: entry.sequence,
    clientId: entry.client_id,
    amountHundredths: entry.amount_hundredths,
    isHistory: entry.does === 'history',
    grants: drawn.map(({ id }) => id),
    terms:
      first === undefined
        ? null
        : grantTerms.parse({
            kind: readGrantKind(first.kind),
            startsOn: first.starts_on,
            expiresOn: first.expires_on,
            priority: first.priority,
            refundable: first.refundable === 1,
            followsInvoiceId: first.follows_invoice_id,
            rule: first.rule,
          }),
  };
}
