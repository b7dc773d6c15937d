import { type LockedClients, lockClients } from '../commands/index.ts';
import { clientsWithNews, judgeClients } from '../parking/index.ts';
import type { Batch } from './batch.ts';
import { handsUnread } from './facts/hands-unread.ts';
import { type LoadedFacts, loadFacts, type WantedFacts, withKeptOff } from './facts/load-facts.ts';

export interface LockedAndLoaded {
  readonly locked: LockedClients;
  readonly facts: LoadedFacts;
}

/**
 * Locks the clients, judges credit that has just arrived, and loads the facts. So a payment in doubt is reserved before
 * any rule can spend it, on whatever event, in whatever order events come; and credit that somebody just took off an invoice stays
 * off it, although the ledger has not read that yet.
 */
export async function lockAndLoad(
  { trx, at, newId }: Pick<Batch, 'trx' | 'at' | 'newId'>,
  wanted: Omit<WantedFacts, 'at'>,
): Promise<LockedAndLoaded> {
  const load = () => loadFacts(trx, { ...wanted, at });
  const { clientIds } = wanted;
  // One packet, in this order: the lock comes before the facts, and what arrives between the last two is noticed.
  let [locked, facts, news] = await Promise.all([
    lockClients(trx, clientIds),
    load(),
    clientsWithNews(trx, clientIds),
  ]);
  while (news.length > 0 && (await judgeClients(trx, news, { at, newId }))) {
    [facts, news] = await Promise.all([load(), clientsWithNews(trx, clientIds)]);
  }
  if (news.length === 0) return { locked, facts };
  const withNews = new Set(news);
  const concerned = facts.invoices.filter(({ clientId }) => withNews.has(clientId));
  return { locked, facts: withKeptOff(facts, await handsUnread(trx, concerned)) };
}
