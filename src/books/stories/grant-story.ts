import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { GrantStory } from '../../ledger/index.ts';
import { selectEntries, toEntry } from '../read-entries.ts';
import { currenciesOf } from './currencies-of.ts';
import { grantsById } from './tell-entries.ts';

/** A grant of years may pay hundreds of invoices; the first of them are told. */
const USES_TOLD = 50;

/** A grant with where it came from and what it was used for. */
export async function grantStory(db: Db, id: bigint): Promise<GrantStory | undefined> {
  const [grants, used] = await Promise.all([
    grantsById(db, [id]),
    sql<{ readonly spend: bigint; readonly hundredths: string }>`
      SELECT spend_sequence AS spend,
        SUM(IF(direction = 'draw', amount_hundredths, -amount_hundredths)) AS hundredths
      FROM mod_creditbridge_draw_downs WHERE grant_id = ${id}
      GROUP BY spend_sequence HAVING hundredths <> 0
      ORDER BY spend_sequence LIMIT ${sql.lit(USES_TOLD + 1)}`.execute(db),
  ]);
  const grant = grants.get(id);
  if (grant === undefined) return undefined;
  const shown = used.rows.slice(0, USES_TOLD);
  const [rows, currencies] = await Promise.all([
    selectEntries(db)
      .where('e.sequence', 'in', [id, ...shown.map(({ spend }) => spend)])
      .execute(),
    currenciesOf(db, [grant.currencyId]),
  ]);
  const entries = new Map(rows.map(toEntry).map((entry) => [entry.sequence, entry]));
  const origin = entries.get(id);
  const isOfPayment = origin?.kind === 'deposit' || origin?.kind === 'overpayment';
  return {
    grant,
    currency: currencies.of(grant.currencyId),
    origin,
    owedHundredths:
      isOfPayment && origin.invoiceId !== null ? await owedFor(db, origin.invoiceId) : 0n,
    uses: shown.flatMap(({ spend, hundredths }) => {
      const entry = entries.get(spend);
      return entry === undefined ? [] : [{ entry, amountHundredths: BigInt(hundredths) }];
    }),
    moreUses: used.rows.length > USES_TOLD,
  };
}

/** What is still owed to reversals of this invoice's payment. */
async function owedFor(db: Db, invoiceId: number): Promise<bigint> {
  const { rows } = await sql<{ readonly owed: string | bigint }>`
    SELECT COALESCE(SUM(u.amount_hundredths), 0) AS owed
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_entries e FORCE INDEX (invoice_id) ON e.invoice_id = ${invoiceId} AND e.epoch = t.epoch
      AND e.kind = 'reversal'
    JOIN mod_creditbridge_unfunded u ON u.sequence = e.sequence
    WHERE t.id = 1`.execute(db);
  return BigInt(rows[0]?.owed ?? 0);
}
