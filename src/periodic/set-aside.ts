import type { Db } from '../db/index.ts';
import { addFindings, forgetFindings } from '../findings/index.ts';

// Items that failed are findings, so they are shown and counted with everything else that needs an admin.

/** An item of periodic work that failed. */
export interface SetAside {
  readonly id: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly text: string;
}

/** Reads the ids of a task's items that failed when they were last tried, in any replica. */
export async function idsSetAside(db: Db, task: string): Promise<ReadonlySet<string>> {
  const prefix = factOf(task, '');
  const rows = await db
    .selectFrom('mod_creditbridge_findings')
    .select('fact')
    .where('fact', 'like', `${prefix}%`)
    .execute();
  return new Set(rows.map(({ fact }) => fact.slice(prefix.length)));
}

/** Adds findings for items that failed. */
export async function setAside(
  db: Db,
  task: string,
  items: readonly SetAside[],
  at: Date,
): Promise<void> {
  await addFindings(
    db,
    items.map(({ id, clientId, invoiceId, text }) => ({
      fact: factOf(task, id),
      kind: 'set-aside',
      clientId,
      invoiceId,
      text,
      outcome: 'open',
    })),
    at,
  );
}

/** Removes the findings of items that work again or no longer exist. */
export async function forgetSetAside(db: Db, task: string, ids: readonly string[]): Promise<void> {
  await forgetFindings(
    db,
    ids.map((id) => factOf(task, id)),
  );
}

function factOf(task: string, id: string): string {
  return `set-aside:${task}:${id}`;
}
