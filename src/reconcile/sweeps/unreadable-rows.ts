import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { actNames, readAct } from '../../ledger/index.ts';
import { operation, operationKinds } from '../../operations/index.ts';
import { currentLedgerSettings, readLayer, storedLedgerSettings } from '../../settings/index.ts';
import type { Sweeping } from './sweep.ts';

/**
 * Names stored rows that cannot be read. Other work silently leaves out the client or rule that such a row belongs to;
 * this tells an admin.
 */
export async function sweepUnreadableRows({
  db,
  eachAlone,
}: Pick<Sweeping, 'db' | 'eachAlone'>): Promise<void> {
  const nameOf = ({ id, clientId, what }: StoredText) => ({ id, clientId, invoiceId: null, what });
  const task = { name: 'unreadable-row', nameOf };
  await eachAlone.each(task, [await suspectRows(db)], async ({ read }) => read());
}

/** A row of ours that later work depends on. */
interface StoredText {
  readonly id: string;
  readonly clientId: number | null;
  /** The beginning of a sentence. */
  readonly what: string;
  /** @throws when the row cannot be read. */
  readonly read: () => unknown | Promise<unknown>;
}

/** At most this many of each kind: unreadable rows are single accidents, made by hand or by a broken disk. */
const ROWS_MAX = 100;

/** Reads rows that may be unreadable: settings of rules and of the ledger, terms of unsettled commands, proposals that wait. */
async function suspectRows(db: Db): Promise<readonly StoredText[]> {
  const [layers, ledger, terms, proposals] = await Promise.all([
    db.selectFrom('mod_creditbridge_rule_settings').selectAll().execute(),
    storedLedgerSettings(db),
    sql<{ id: string; clientId: number; act: string }>`
      SELECT k.id, k.client_id AS clientId, t.act
      FROM mod_creditbridge_commands k JOIN mod_creditbridge_command_terms t ON t.command_id = k.id
      WHERE k.state IN ('open', 'running', 'unknown') AND COALESCE(t.does, '') NOT IN (${sql.join(actNames)})
      LIMIT ${sql.lit(ROWS_MAX)}`.execute(db),
    sql<{ id: string; clientId: number; operation: string }>`
      SELECT id, client_id AS clientId, operation FROM mod_creditbridge_approvals
      WHERE state = 'pending' AND COALESCE(kind, '') NOT IN (${sql.join(operationKinds)})
      LIMIT ${sql.lit(ROWS_MAX)}`.execute(db),
  ]);
  return [
    ...layers.map((row) => ({
      id: `layer-${row.rule}-${row.layer}-${row.layer_id}`,
      clientId: row.layer === 'client' ? row.layer_id : null,
      what: `Reading the stored settings of the rule ${row.rule}, which is not asked meanwhile,`,
      read: () => readLayer(row),
    })),
    {
      id: 'ledger-settings',
      clientId: null,
      what: `Reading version ${ledger.version} of the ledger settings, without which no entry is written,`,
      read: () => currentLedgerSettings(db),
    },
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
