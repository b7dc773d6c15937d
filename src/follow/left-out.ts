import type { Db } from '../db/index.ts';
import { codeOf, forgetSetAside, idsSetAside, setAside } from '../periodic/index.ts';

// Clients whose rows of the credit log cannot be posted, not even as unexplained. Each is a finding until the next daily
// comparison tries again.

const TASK = 'credit-log';

/** Reads the clients whose rows are not mirrored for now. */
export async function clientsLeftOut(db: Db): Promise<readonly number[]> {
  return [...(await idsSetAside(db, TASK))].map(Number);
}

/** Leaves clients out and tells an admin. */
export async function leaveOut(
  db: Db,
  clientIds: readonly number[],
  { error, at }: { readonly error: unknown; readonly at: Date },
): Promise<void> {
  const items = clientIds.map((clientId) => ({
    id: String(clientId),
    clientId,
    invoiceId: null,
    text: `Following the credit log fails for client #${clientId} (${codeOf(error)}). Its rows are tried again each day, and the others go on; the service's log says more.`,
  }));
  await setAside(db, TASK, items, at);
}

/** Has all clients mirrored again. */
export async function retryLeftOut(db: Db): Promise<void> {
  await forgetSetAside(db, TASK, [...(await idsSetAside(db, TASK))]);
}
