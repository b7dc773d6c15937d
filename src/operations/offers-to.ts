import type { Db } from '../db/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import type { ClientOffer } from '../rules/index.ts';
import { settingsForClient } from '../settings/index.ts';

/** What the rules that are on for this client let it choose on its page Credit; nothing would obey anything else. */
export async function offersTo(
  db: Db,
  rules: Pick<Engine, 'rules' | 'validateSettings'>,
  clientId: number,
): Promise<ReadonlySet<ClientOffer>> {
  const offers = new Set<ClientOffer>();
  for (const { id, needs } of rules.rules()) {
    if (!needs.includes('preferences')) continue;
    const { merged, isPaused } = await settingsForClient(db, id, clientId);
    if (merged?.mode !== 'on' || isPaused) continue;
    const verdict = await rules.validateSettings(id, merged.settings);
    if (verdict.ok) for (const offer of verdict.offersClients) offers.add(offer);
  }
  return offers;
}
