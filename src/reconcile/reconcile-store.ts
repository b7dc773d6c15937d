import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { addFindings, forgetFindings, moveFindings } from '../findings/index.ts';
import { lookAtDrift } from './drift-look.ts';
import { unreadableRows } from './list-unreadable-rows.ts';
import type { Needs, ReconcileStore } from './ports.ts';
import { endAccount, endedAccounts, mergesSince } from './sweep-accounts.ts';
import { moveSweepCursor, sweepCursor } from './sweep-cursor.ts';
import {
  cancelledInvoices,
  paidAfterOurCancel,
  paidTwice,
  unheardPayments,
} from './sweep-invoices.ts';
import { askTakeBack, reopenedReturns } from './sweep-returns.ts';

/** Drift and sweeps on MariaDB or MySQL. */
export function createReconcileStore(db: Db, newId: () => string): ReconcileStore {
  return {
    async isFollowing() {
      const tail = await db
        .selectFrom('mod_creditbridge_tail')
        .select('state')
        .where('id', '=', 1)
        .executeTakeFirst();
      return tail?.state === 'following';
    },

    /** Accounts count as clients, so that those of the newest clients are looked at when they are gone. */
    async highestIds() {
      const { rows } = await sql<{ client: number | null; invoice: number | null }>`
        SELECT GREATEST(COALESCE((SELECT MAX(id) FROM tblclients), 0),
            COALESCE((SELECT MAX(client_id) FROM mod_creditbridge_accounts), 0)) AS client,
          (SELECT MAX(id) FROM tblinvoices) AS invoice`.execute(db);
      return { client: Number(rows[0]?.client ?? 0), invoice: Number(rows[0]?.invoice ?? 0) };
    },

    lookAtDrift: (window, at) => lookAtDrift(db, window, at),
    needsAdmin: (clientId) => countNeeds(db, clientId),
    cursor: (sweep) => sweepCursor(db, sweep),
    moveCursor: (sweep, id, isRoundOver, at) => moveSweepCursor(db, sweep, id, isRoundOver, at),

    addFindings: (findings, at) => addFindings(db, findings, at),
    moveFindings: (facts, outcome, at) => moveFindings(db, facts, outcome, at),
    forgetFindings: (facts) => forgetFindings(db, facts),

    cancelledInvoices: (window) => cancelledInvoices(db, window),
    unheardPayments: (window, paid) => unheardPayments(db, window, paid),
    paidTwice: (window, paid) => paidTwice(db, window, paid),
    paidAfterOurCancel: (window) => paidAfterOurCancel(db, window),
    reopenedReturns: (window) => reopenedReturns(db, window),
    askTakeBack: (one, at) => askTakeBack(db, one, { at, newId }),

    mergesSince: (since) => mergesSince(db, since),
    unreadableRows: () => unreadableRows(db),
    endedAccounts: (window) => endedAccounts(db, window),
    endAccount: (one, at) => endAccount(db, one, { at }),
  };
}

async function countNeeds(db: Db, clientId: number | null): Promise<Needs> {
  const ofClient = clientId === null ? sql`` : sql`AND client_id = ${clientId}`;
  const { rows } = await sql<{ state: string; n: number | bigint }>`
    SELECT state, COUNT(*) AS n FROM mod_creditbridge_drifts
    WHERE state IN ('open', 'suspected') ${ofClient} GROUP BY state
    UNION ALL
    SELECT 'findings', COUNT(*) FROM mod_creditbridge_findings
    WHERE outcome = 'open' ${ofClient}`.execute(db);
  const count = (state: string) => Number(rows.find((row) => row.state === state)?.n ?? 0);
  return { open: count('open'), suspected: count('suspected'), findings: count('findings') };
}
