import { v7 as newId } from 'uuid';
import { recordEntries } from '../../src/books/index.ts';
import { type Db, inTransaction } from '../../src/db/index.ts';
import { type EntryDraft, plainTerms } from '../../src/ledger/index.ts';
import type { Operation, Operations } from '../../src/operations/index.ts';
import { mirrorLog } from './mirror-log.ts';
import type { ServiceDatabase } from './service-database.ts';
import { addClient, addInvoice } from './whmcs-rows.ts';

/**
 * Every lever by which one admin makes, frees or takes credit by hand, each with a situation of its own in which it can be pulled:
 * a new client whose credit is as the lever needs it, so that nothing but the approval amount stands in the way.
 */
export const levers = [
  'add',
  'deduct',
  'transfer',
  'revoke',
  'reclaim',
  'return',
  'park',
  'unpark',
  'keep',
  'correct',
  'accept',
  'explain',
] as const;
export type Lever = (typeof levers)[number];

/** Pulls a lever, and says what came of it. */
export type Pull = (
  operations: Operations,
  asked: Parameters<Operations['propose']>[1],
) => Promise<{ readonly outcome: string }>;

type Where = Pick<ServiceDatabase, 'root' | 'query'>;

/** Sets the stage for a lever: by WHMCS, by clients and by time, and never by the admin who is watched. */
export async function stage(
  { database, db }: { readonly database: Where; readonly db: Db },
  lever: Lever,
  { currency, amount }: { readonly currency: number; readonly amount: string },
): Promise<Pull> {
  const client = await addClient(database.root, { currency });
  const move = async (signed: string, description = 'By hand') => {
    await database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [
      signed,
      client,
    ]);
    await database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
      [client, description, signed],
    );
    const [row] = await database.query<{ id: number }>('SELECT MAX(id) AS id FROM tblcredit');
    return row?.id ?? 0;
  };
  const credit = async () => {
    await move(amount);
    await mirrorLog(db);
  };
  const newest = async (table: 'entries' | 'grants') => {
    const column = table === 'entries' ? 'sequence' : 'id';
    const [row] = await database.query<{ id: number }>(
      `SELECT MAX(${column}) AS id FROM mod_creditbridge_${table} WHERE client_id = ?`,
      [client],
    );
    return String(row?.id);
  };
  const proposing =
    (one: Operation): Pull =>
    (operations, asked) =>
      operations.propose(one, asked);
  const description: string | null = null;
  const figures = { clientId: client, currencyId: currency };

  switch (lever) {
    case 'add':
      return proposing({
        kind: 'add',
        clientId: client,
        amount,
        grantKind: 'paid',
        startsOn: null,
        expiresOn: null,
        priority: 100,
        refundable: true,
        description,
      });
    case 'deduct':
      await credit();
      return proposing({ kind: 'deduct', clientId: client, amount, grantId: null, description });
    case 'transfer': {
      await credit();
      const toClientId = await addClient(database.root, { currency });
      const to = { toClientId, grantId: null, grantKind: 'paid' } as const;
      return proposing({ kind: 'transfer', clientId: client, amount, ...to });
    }
    case 'revoke':
      await credit();
      return proposing({
        kind: 'revoke',
        clientId: client,
        grantId: await newest('grants'),
        description,
      });
    case 'reclaim':
      await credit();
      await database.query(
        'UPDATE mod_creditbridge_grants SET money_back_hundredths = amount_hundredths WHERE client_id = ?',
        [client],
      );
      return proposing({
        kind: 'reclaim',
        clientId: client,
        grantId: await newest('grants'),
        description,
      });
    case 'return': {
      await credit();
      const invoiceId = await addInvoice(database.root, {
        client,
        total: amount,
        credit: amount,
        status: 'Cancelled',
      });
      const applied = await move(`-${amount}`);
      await mirrorLog(db, ({ id }) =>
        id === applied ? { kind: 'invoice', act: { do: 'spend', grants: [] }, invoiceId } : null,
      );
      return proposing({ kind: 'return', clientId: client, invoiceId, amount });
    }
    case 'park':
      await credit();
      return proposing({
        kind: 'park',
        clientId: client,
        grantId: await newest('grants'),
        amount,
        description,
      });
    case 'unpark':
    case 'keep':
      await credit();
      return proposing({
        kind: lever,
        clientId: client,
        parking: await parked(await newest('grants')),
      });
    case 'correct': {
      await credit();
      await database.query('UPDATE tblclients SET credit = 0 WHERE id = ?', [client]);
      const seen = { ...figures, whmcsHundredths: 0n, ledgerHundredths: hundredthsOf(amount) };
      return (operations, asked) =>
        operations.correct({ ...seen, adminId: asked.actor.adminId }, { ...asked, token: newId() });
    }
    case 'accept':
      await database.query('UPDATE tblclients SET credit = ? WHERE id = ?', [amount, client]);
      return proposing({ kind: 'accept', ...figures, whmcs: amount, ledger: '0.00', as: 'paid' });
    case 'explain': {
      const row = await move(amount, 'Gutschrift');
      const grant = { do: 'grant', ...plainTerms('unexplained'), fundsUnfunded: false } as const;
      await mirrorLog(db, ({ id }) =>
        id === row ? { kind: 'unknown', act: grant, evidence: 'none' } : null,
      );
      const entry = await newest('entries');
      return proposing({
        kind: 'explain',
        clientId: client,
        entry,
        origin: 'deposit',
        invoiceId: null,
      });
    }
  }

  /** The grant was taken off the balance by a command of its own. @returns the parking's id */
  async function parked(grant: string): Promise<string> {
    const [id, commandId] = [newId(), newId()];
    const fact = `parked:${id}`;
    const hundredths = hundredthsOf(amount);
    await database.query(
      `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, action, parameters, expects, rule, state, created_at)
       VALUES (?, ?, ?, ?, 'AddCredit', '{}', '{}', 'operation', 'done', UTC_TIMESTAMP(6))`,
      [commandId, fact, fact, client],
    );
    const logId = await move(`-${amount}`);
    const draft: EntryDraft = {
      ...figures,
      corrects: null,
      direction: 'out',
      amountHundredths: hundredths,
      explained: {
        kind: 'parked',
        act: { do: 'spend', grants: [BigInt(grant)] },
        invoiceId: null,
        commandId,
        adminId: null,
        evidence: 'command',
        reason: '',
      },
      row: { id: logId, revision: 0, on: '2026-11-22', description: '', sha256: Buffer.alloc(32) },
    };
    await inTransaction(db, (trx) => recordEntries(trx, [draft], { at: new Date() }));
    await mirrorLog(db);
    await database.query('UPDATE mod_creditbridge_tail SET cursor_log_id = ?', [logId]);
    await database.query(
      `INSERT INTO mod_creditbridge_parkings (id, fact, park_fact, client_id, currency_id, grant_id, amount_hundredths, state, reason, found_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'parked', 'A gateway told it twice', UTC_TIMESTAMP(6))`,
      [id, `surplus:${id}`, fact, client, currency, grant, String(hundredths)],
    );
    return id;
  }
}

function hundredthsOf(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}
