import type { ClientGrant, WhenMoneyGoesBack } from '../../ledger/index.ts';
import { settingsForClient } from '../../settings/index.ts';
import type { ApiContext } from '../context.ts';

/** What becomes of a grant when the money goes back that it follows, by the settings of its rule for its client. */
export async function whenMoneyGoesBack(
  { rule, clientId, followsInvoiceId }: ClientGrant,
  { db, rules, validateSettings }: Pick<ApiContext, 'db' | 'rules' | 'validateSettings'>,
): Promise<WhenMoneyGoesBack> {
  if (followsInvoiceId === null || rule === '') return 'no-rule';
  if (!rules().some(({ id, problem }) => id === rule && problem === undefined)) return 'gone';
  const { merged, isPaused } = await settingsForClient(db, rule, clientId);
  if (merged === null) return 'unreadable';
  if (merged === undefined || merged.mode === 'off') return 'off';
  if (merged.mode === 'observe') return 'observes';
  if (isPaused) return 'paused';
  const verdict = await validateSettings(rule, merged.settings);
  if (!verdict.ok) return 'unreadable';
  return verdict.whenMoneyGoesBack === 'stays' ? 'stays' : 'taken';
}
