import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { toMoment } from '../db/index.ts';
import { type Admin, actorName } from './actor.ts';
import { sinceSplit } from './limits.ts';

/** An amount that one admin moves, or lets rules give, without a second. */
export interface Alone {
  /** Of the operation, or of the change of settings. */
  readonly id: string;
  /** `admin:3`. */
  readonly actor: string;
  /** 0 without a client. */
  readonly clientId: number;
  readonly currencyId: number;
  readonly amountHundredths: bigint;
  readonly at: Date;
}

/**
 * What this admin did within the last day that nobody else agreed to, over all clients, by currency; with what rules may give
 * every day by settings of this admin alone, and commands in doubt that the admin settled in the shim. What WHMCS refused does not
 * count. What moved for a client who has another currency by now counts in both, because WHMCS kept the figure (whmcs.md §1.3).
 * Two acts of one admin wait for each other here, and in the shim (`lib/Command/Alone.php`).
 */
export async function aloneLately(
  trx: Transaction<Database>,
  { adminId }: Admin,
  at: Date,
): Promise<ReadonlyMap<number, bigint>> {
  const actor = actorName({ kind: 'admin', adminId });
  const since = toMoment(sinceSplit(at));
  await sql`
    INSERT INTO mod_creditbridge_state (name, value) VALUES (${`alone:${actor}`}, '')
    ON DUPLICATE KEY UPDATE value = ''`.execute(trx);
  const done = sql`
    SELECT a.id, a.client_id, a.currency_id, a.amount_hundredths FROM mod_creditbridge_alone a
    WHERE a.actor = ${actor} AND (a.since IS NULL OR a.since >= ${since})
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands k
        WHERE k.fact = CONCAT('operation:', a.id) AND k.state IN ('refused', 'stale'))`;
  const { rows } = await sql<{ currency: number | bigint; sum: string | bigint }>`
    WITH done AS (${done})
    SELECT currency_id AS currency, SUM(amount_hundredths) AS sum FROM (
      SELECT currency_id, amount_hundredths FROM done
      UNION ALL
      SELECT c.currency, d.amount_hundredths FROM done d
      JOIN tblclients c ON c.id = d.client_id AND c.currency <> d.currency_id
      WHERE EXISTS (SELECT 1 FROM mod_creditbridge_commands k WHERE k.fact = CONCAT('operation:', d.id))
      UNION ALL
      SELECT currency_id, amount_hundredths FROM mod_creditbridge_answers
      WHERE admin_id = ${adminId} AND is_alone = 1 AND at >= ${since}) counted
    GROUP BY currency_id`.execute(trx);
  return new Map(rows.map(({ currency, sum }) => [Number(currency), BigInt(sum)]));
}

export async function noteAlone(trx: Transaction<Database>, one: Alone): Promise<void> {
  if (one.amountHundredths === 0n) return;
  await trx
    .insertInto('mod_creditbridge_alone')
    .values({
      id: one.id,
      actor: one.actor,
      client_id: one.clientId,
      currency_id: one.currencyId,
      amount_hundredths: one.amountHundredths,
      since: toMoment(one.at),
      subject: null,
    })
    .execute();
}

/** What a rule may give by settings of one admin alone, every day while they stand. */
export async function noteStanding(
  trx: Transaction<Database>,
  { subject, ...one }: Omit<Alone, 'at'> & { readonly subject: string },
): Promise<void> {
  await trx
    .insertInto('mod_creditbridge_alone')
    .values({
      id: one.id,
      actor: one.actor,
      client_id: one.clientId,
      currency_id: one.currencyId,
      amount_hundredths: one.amountHundredths,
      since: null,
      subject,
    })
    .execute();
}

/** These settings hold no more, or two agreed to them. What they may have given today still counts for a day. */
export async function retireStanding(
  trx: Transaction<Database>,
  subjects: readonly string[],
  at: Date,
): Promise<void> {
  if (subjects.length === 0) return;
  await trx
    .updateTable('mod_creditbridge_alone')
    .set({ since: toMoment(at), subject: null })
    .where('subject', 'in', subjects)
    .execute();
}
