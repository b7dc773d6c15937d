import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { readAct } from '../ledger/index.ts';
import { operation } from '../operations/index.ts';
import { readLayer } from '../settings/index.ts';
import type { StoredText } from './ports.ts';

/** Of each kind; unreadable rows come one by one, by hand or from a broken disk. */
const ROWS_MAX = 100;

/**
 * Rows that look as if no version wrote them, among those that work goes on with: settings of rules, the terms of
 * commands that are not settled, proposals that wait. Whoever reads them in a batch leaves out what they belong to; here
 * they are found to be named.
 */
export async function unreadableRows(db: Db): Promise<readonly StoredText[]> {
  const [layers, terms, proposals] = await Promise.all([
    db.selectFrom('mod_creditbridge_rule_settings').selectAll().execute(),
    sql<{ id: string; clientId: number; act: string }>`
      SELECT k.id, k.client_id AS clientId, t.act
      FROM mod_creditbridge_commands k JOIN mod_creditbridge_command_terms t ON t.command_id = k.id
      WHERE k.state IN ('open', 'running', 'unknown') AND NOT (JSON_VALID(t.act) AND t.act LIKE '{"do":"%')
      LIMIT ${sql.lit(ROWS_MAX)}`.execute(db),
    sql<{ id: string; clientId: number; operation: string }>`
      SELECT id, client_id AS clientId, operation FROM mod_creditbridge_approvals
      WHERE state = 'pending' AND NOT (JSON_VALID(operation) AND operation LIKE '{"kind":"%')
      LIMIT ${sql.lit(ROWS_MAX)}`.execute(db),
  ]);
  return [
    ...layers.map((row) => ({
      id: `layer-${row.rule}-${row.layer}-${row.layer_id}`,
      clientId: row.layer === 'client' ? row.layer_id : null,
      what: `Reading the stored settings of the rule ${row.rule}, which is not asked meanwhile,`,
      read: () => readLayer(row),
    })),
    ...terms.rows.map(({ id, clientId, act }) => ({
      id: `terms-${id}`,
      clientId,
      what: `Reading what command ${id} of client #${clientId} means to the ledger`,
      read: () => readAct(act),
    })),
    ...proposals.rows.map(({ id, clientId, operation: text }) => ({
      id: `proposal-${id}`,
      clientId,
      what: `Reading proposal ${id}`,
      read: () => operation.parse(JSON.parse(text)),
    })),
  ];
}
