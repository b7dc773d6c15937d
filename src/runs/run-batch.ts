import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { RunPage } from './ports.ts';

/** What a page of the daily run does in its transaction, beside deciding. */
export function createRunPage(trx: Transaction<Database>): Pick<RunPage, 'due' | 'complete'> {
  return {
    async due({ from, to, until, undecidedIn, limit }) {
      const undecided =
        undecidedIn === null
          ? sql``
          : sql`AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_decisions d
              WHERE d.invoice_id = i.id AND d.run_id = ${undecidedIn})`;
      // By clients, then their invoices: left to itself the optimizer begins with all unpaid invoices, for every page.
      const { rows } = await sql<{ clientId: number; invoiceId: number }>`
        SELECT STRAIGHT_JOIN c.id AS clientId, i.id AS invoiceId
        FROM tblclients c JOIN tblinvoices i ON i.userid = c.id
        WHERE c.id BETWEEN ${from} AND ${to} AND c.credit > 0
          AND i.status = 'Unpaid' AND i.duedate > '0000-00-00' AND i.duedate <= ${until}
          ${undecided}
        ORDER BY c.id LIMIT ${sql.lit(limit)}`.execute(trx);
      return rows;
    },

    async complete({ run, from, to, fence }, { decisions, commands, to: reached }) {
      const { numAffectedRows } = await sql`
        UPDATE mod_creditbridge_run_pages
        SET state = 'done', taken_until = NULL, to_client_id = ${reached},
          decisions = decisions + ${decisions}, commands = commands + ${commands}
        WHERE run_id = ${run.id} AND from_client_id = ${from} AND fence = ${fence}
          AND state = 'taken'`.execute(trx);
      if (numAffectedRows !== 1n) return false;
      if (reached < to) {
        await trx
          .insertInto('mod_creditbridge_run_pages')
          .values({ run_id: run.id, from_client_id: reached + 1, to_client_id: to })
          .execute();
      }
      return true;
    },
  };
}
