import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { plainTerms } from '../../src/ledger/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { mirrorLog } from '../support/mirror-log.ts';
import { openRepairs } from '../support/open-repairs.ts';
import { addClient, addInvoice } from '../support/whmcs-rows.ts';

// What a second admin has to agree to, of differences and of entries that nobody could explain.

const {
  database,
  parts,
  now,
  ask,
  post,
  fieldsOf,
  move,
  overwritten,
  accountOf,
  grantsOf,
  withLimit,
  waiting,
  asAdmin,
  mirrorUnexplained,
} = await openRepairs();

test('above the approval amount a second admin has to agree that a difference is paid credit', async () => {
  await withLimit(async () => {
    const client = await overwritten('5.00', '25.00');
    const page = `drifts/${client}`;
    const fields = fieldsOf((await ask(page)).html, 'accept-drift');
    const stale = { ...fields, once: v7({ msecs: now() }), whmcs: '2600' };
    expect(await post(page, { ...stale, as: 'paid', reason: 'Bank' })).toMatchObject({
      status: 422,
      html: expect.stringContaining('not those that were seen'),
    });
    const wish = { ...fields, as: 'paid', reason: 'Bank statement' };
    expect((await post(page, wish)).redirect).toBe(`page=${page}&said=waits`);
    expect((await post(page, wish)).redirect).toContain('said=repeated');
    expect(await accountOf(client)).toEqual({ balance: 500, credit: '25.00', drifts: 1 });
    const [proposal, ...more] = await waiting(client);
    expect(more).toEqual([]);
    expect(proposal).toMatchObject({ amountHundredths: 2000n, proposedBy: 'admin:7' });
    expect((await ask('approvals')).html).toContain('by which WHMCS exceeds the ledger for');
    const id = proposal?.id ?? '';
    expect(await parts.operations.approve(id, asAdmin(7))).toMatchObject({ code: 'own-proposal' });

    // It is looked at again: what moved meanwhile is not what was agreed to, and the proposal stays.
    await database.query('UPDATE tblclients SET credit = 26 WHERE id = ?', [client]);
    expect(await parts.operations.approve(id, asAdmin(2))).toMatchObject({ code: 'figures-moved' });
    expect(await waiting(client)).toHaveLength(1);
    await database.query('UPDATE tblclients SET credit = 25 WHERE id = ?', [client]);

    const both = await Promise.all([2, 3].map((who) => parts.operations.approve(id, asAdmin(who))));
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['approved', 'refused']);
    expect(await accountOf(client)).toEqual({ balance: 2500, credit: '25.00', drifts: 0 });
    expect((await grantsOf(client)).at(-1)).toEqual({
      kind: 'paid',
      amount: 2000,
      remaining: 2000,
    });
    const [entry] = await database.query(
      "SELECT admin_id, reason FROM mod_creditbridge_entries WHERE client_id = ? AND kind = 'difference'",
      [client],
    );
    expect(entry).toEqual({ admin_id: 7, reason: 'Bank statement' });
    await expectCoherentLedger(database, { caughtUp: false });

    // What cannot be paid out can be spent; within the amount nobody else has to agree.
    const many = await overwritten('5.00', '25.00');
    const gift = fieldsOf((await ask(`drifts/${many}`)).html, 'accept-drift');
    expect(
      (await post(`drifts/${many}`, { ...gift, as: 'promotional', reason: 'Gift' })).redirect,
    ).toContain('said=waits');
    const other = await overwritten('5.00', '14.00');
    const form = fieldsOf((await ask(`drifts/${other}`)).html, 'accept-drift');
    expect(
      (await post(`drifts/${other}`, { ...form, as: 'promotional', reason: 'Gift' })).redirect,
    ).toContain('said=drift-accepted');
  });
});

test('above the approval amount a second admin has to agree that an entry was a deposit, in parts as well', async () => {
  await withLimit(async () => {
    const client = await addClient(database.root);
    for (const amount of ['6.00', '7.00']) await move(client, amount, 'Zahlung');
    await mirrorUnexplained('Zahlung');
    const page = `drifts/${client}`;
    const entries = await database.query<{ sequence: number }>(
      'SELECT sequence FROM mod_creditbridge_entries WHERE client_id = ? ORDER BY sequence',
      [client],
    );
    const explain = (nth: number) =>
      post(page, {
        act: 'explain-entry',
        entry: String(entries[nth]?.sequence),
        origin: 'deposit',
        reason: 'Bank statement',
        invoice: '',
        once: v7({ msecs: now() }),
      });
    expect((await explain(0)).redirect).toContain('said=entry-explained');
    expect((await explain(1)).redirect).toContain('said=waits');
    const kinds = async () =>
      (await grantsOf(client)).filter(({ remaining }) => remaining > 0).map(({ kind }) => kind);
    expect(await kinds()).toEqual(['unexplained', 'paid']);
    const [proposal] = await waiting(client);
    expect(await parts.operations.approve(proposal?.id ?? '', asAdmin(2))).toMatchObject({
      outcome: 'approved',
    });
    expect(await kinds()).toEqual(['paid', 'paid']);
    await expectCoherentLedger(database, { caughtUp: false });
  });
});

test('above the approval amount a second admin has to agree that credit came back, since it may have been paid credit', async () => {
  await withLimit(async () => {
    const client = await addClient(database.root);
    const invoice = await addInvoice(database.root, { client, total: '13.00' });
    const unexplained = {
      do: 'grant',
      ...plainTerms('unexplained'),
      fundsUnfunded: false,
    } as const;
    await move(client, '13.00', 'Deposit');
    await move(client, '-13.00', 'Used');
    for (const amount of ['6.00', '7.00']) await move(client, amount, 'Zahlung');
    await mirrorLog(parts.db, ({ description }) => {
      if (description === 'Deposit') {
        return { kind: 'deposit', act: { ...unexplained, kind: 'paid', refundable: true } };
      }
      return description === 'Used'
        ? { kind: 'invoice', act: { do: 'spend', grants: [] }, invoiceId: invoice }
        : { kind: 'unknown', act: unexplained };
    });
    const entries = await database.query<{ sequence: number }>(
      "SELECT sequence FROM mod_creditbridge_entries WHERE client_id = ? AND kind = 'unknown' ORDER BY sequence",
      [client],
    );
    const explain = (nth: number) =>
      post(`drifts/${client}`, {
        act: 'explain-entry',
        entry: String(entries[nth]?.sequence),
        origin: 'return',
        reason: 'Cancelled',
        invoice: String(invoice),
        once: v7({ msecs: now() }),
      });
    const paid = async () =>
      (await grantsOf(client)).find(({ kind }) => kind === 'paid')?.remaining;
    expect((await explain(0)).redirect).toContain('said=entry-explained');
    expect((await explain(1)).redirect).toContain('said=waits');
    expect(await paid()).toBe(600);
    const [proposal] = await waiting(client);
    expect(await parts.operations.approve(proposal?.id ?? '', asAdmin(2))).toMatchObject({
      outcome: 'approved',
    });
    expect(await paid()).toBe(1300);
    await expectCoherentLedger(database, { caughtUp: false });
  });
});

test('an entry of a client who is gone becomes no paid credit, which a merge could carry on', async () => {
  const client = await addClient(database.root);
  await move(client, '50.00', 'Zahlung');
  await mirrorLog(parts.db, () => ({
    kind: 'unknown',
    act: {
      do: 'grant',
      kind: 'unexplained',
      startsOn: null,
      expiresOn: null,
      priority: 100,
      rule: '',
      refundable: false,
      followsInvoiceId: null,
      fundsUnfunded: false,
    },
  }));
  const [row] = await database.query<{ sequence: number }>(
    'SELECT sequence FROM mod_creditbridge_entries WHERE client_id = ?',
    [client],
  );
  const entry = String(row?.sequence);
  const explain = (origin: 'deposit' | 'bonus') =>
    parts.operations.propose(
      { kind: 'explain', clientId: client, entry, origin, invoiceId: null },
      asAdmin(7),
    );
  await withLimit(async () => {
    await database.query('DELETE FROM tblclients WHERE id = ?', [client]);
    expect(await explain('deposit')).toMatchObject({ code: 'client-unknown' });
    expect(await explain('bonus')).toMatchObject({ outcome: 'saved' });
  });
});
