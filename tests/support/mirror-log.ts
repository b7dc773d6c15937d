import { createHash } from 'node:crypto';
import { recordEntries } from '../../src/books/index.ts';
import { type Db, inTransaction } from '../../src/db/index.ts';
import {
  type DraftAct,
  type EntryDraft,
  type EntryKind,
  type Evidence,
  plainTerms,
} from '../../src/ledger/index.ts';
import { parseAmount } from '../../src/money/index.ts';

/** How a test explains rows of the log; what it leaves out is done by hand. */
export type Explain = (row: { readonly id: number; readonly description: string }) => {
  readonly kind: EntryKind;
  readonly act: DraftAct;
  readonly invoiceId?: number;
  readonly evidence?: Evidence;
} | null;

const GRANT: DraftAct = {
  do: 'grant',
  ...plainTerms('adjustment'),
  fundsUnfunded: false,
};

/** Begins a ledger without a history: it follows the log from here on. */
export async function beginLedger(db: Db): Promise<void> {
  await db
    .updateTable('mod_creditbridge_tail')
    .set({ state: 'following', epoch: 1 })
    .where('id', '=', 1)
    .execute();
  await db
    .insertInto('mod_creditbridge_epochs')
    .values({
      epoch: 1,
      why: 'first',
      state: 'done',
      adopted_on: '2026-01-01',
      started_at: '2026-01-01 00:00:00',
      adopted_at: '2026-01-01 00:00:00',
    })
    .execute();
}

/** Writes an entry for each row that has none, for tests that need entries and not the tail itself. */
export async function mirrorLog(db: Db, explain: Explain = () => null): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .selectFrom('mod_creditbridge_tail')
      .select('id')
      .where('id', '=', 1)
      .forUpdate()
      .execute();
    const rows = await trx
      .selectFrom('tblcredit as r')
      .innerJoin('tblclients as c', 'c.id', 'r.clientid')
      .select(['r.id', 'r.clientid', 'r.description', 'r.amount', 'r.date', 'c.currency'])
      // An id may commit after a younger one, so the cursor alone does not tell.
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('mod_creditbridge_entries as e')
              .select('e.sequence')
              .where('e.epoch', '=', 1)
              .whereRef('e.log_id', '=', 'r.id'),
          ),
        ),
      )
      .orderBy('r.id')
      .execute();
    const drafts = rows.map((row): EntryDraft => {
      const amount = parseAmount(row.amount);
      const explained = explain(row);
      return {
        clientId: row.clientid,
        currencyId: row.currency,
        corrects: null,
        direction: amount > 0n ? 'in' : 'out',
        amountHundredths: amount > 0n ? amount : -amount,
        explained: {
          kind: explained?.kind ?? 'manual',
          act: explained?.act ?? (amount > 0n ? GRANT : { do: 'spend', grants: [] }),
          invoiceId: explained?.invoiceId ?? null,
          commandId: null,
          adminId: null,
          evidence: explained?.evidence ?? 'admin',
          reason: '',
        },
        row: {
          id: row.id,
          revision: 0,
          on: row.date,
          description: row.description,
          sha256: createHash('sha256').update(JSON.stringify(row)).digest(),
        },
      };
    });
    await recordEntries(trx, drafts, { at: new Date() });
    const last = rows.at(-1)?.id;
    if (last === undefined) return;
    await trx
      .updateTable('mod_creditbridge_tail')
      .set(({ fn, val, ref }) => ({
        cursor_log_id: fn<number>('greatest', [ref('cursor_log_id'), val(last)]),
      }))
      .where('id', '=', 1)
      .execute();
  });
}
