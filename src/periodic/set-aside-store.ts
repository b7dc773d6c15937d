import type { Db } from '../db/index.ts';
import { addFindings, forgetFindings } from '../findings/index.ts';
import type { SetAsideStore } from './each-alone.ts';

/** Items of periodic work that failed are findings, so that they are shown and counted with everything else that needs somebody. */
export function createSetAsideStore(db: Db): SetAsideStore {
  return {
    async known(task) {
      const prefix = factOf(task, '');
      const rows = await db
        .selectFrom('mod_creditbridge_findings')
        .select('fact')
        .where('fact', 'like', `${prefix}%`)
        .execute();
      return new Set(rows.map(({ fact }) => fact.slice(prefix.length)));
    },

    add: (items, at) =>
      addFindings(
        db,
        items.map(({ task, id, clientId, invoiceId, text }) => ({
          fact: factOf(task, id),
          kind: 'set-aside',
          clientId,
          invoiceId,
          text,
          outcome: 'open',
        })),
        at,
      ),

    forget: (task, ids) =>
      forgetFindings(
        db,
        ids.map((id) => factOf(task, id)),
      ),
  };
}

function factOf(task: string, id: string): string {
  return `set-aside:${task}:${id}`;
}
