import type { WhmcsDatabase } from './whmcs-database.ts';

/** A change of money as the stand-in's triggers saw it. */
export interface MoneyChange {
  readonly what: string;
  readonly client: number;
  readonly invoice: number;
  readonly before: string | null;
  readonly after: string | null;
}

/** Every change of money since {@link forgetLogs}, in order. */
export async function moneyChanges(
  database: WhmcsDatabase,
  filter: { readonly client?: number; readonly what?: string } = {},
): Promise<MoneyChange[]> {
  const rows = await database.query<MoneyChange>(
    `SELECT what, client_id AS client, invoice_id AS invoice, before_value AS \`before\`, after_value AS \`after\`
     FROM standin_money_log ORDER BY id`,
  );
  return rows.filter(
    ({ what, client }) => (filter.client ?? client) === client && (filter.what ?? what) === what,
  );
}

/** The hooks that fired since {@link forgetLogs}, in order, those of page output left out. */
export async function firedHooks(database: WhmcsDatabase, pattern = /./): Promise<string[]> {
  const rows = await database.query<{ detail: string }>(
    "SELECT detail FROM standin_event_log WHERE event = 'hook' ORDER BY id",
  );
  return rows.map(({ detail }) => detail).filter((name) => pattern.test(name));
}

export async function forgetLogs(database: WhmcsDatabase): Promise<void> {
  await database.root.query('TRUNCATE standin_event_log');
  await database.root.query('TRUNCATE standin_money_log');
}
