/** Far above what tests move: an installation whose two admins agreed to it, for tests about something else. */
const GENEROUS = '1000000.00';
const CURRENCIES = [1, 2, 3, 4, 5];

/** Sets the approval amounts behind everybody's back, and forgets what admins did alone. */
export async function generousApprovals(
  query: (sql: string, values?: readonly unknown[]) => Promise<unknown>,
): Promise<void> {
  const amounts = Object.fromEntries(CURRENCIES.map((id) => [id, GENEROUS]));
  await query('DELETE FROM mod_creditbridge_alone');
  await query(
    `REPLACE INTO mod_creditbridge_rule_settings
       (rule, layer, layer_id, mode, settings, version, changed_by, changed_at, reason)
     VALUES ('operations/approval', 'installation', 0, 'on', ?, 1, 'admin:1', '2026-01-01', 'Both agreed.')`,
    [JSON.stringify({ amounts })],
  );
}
