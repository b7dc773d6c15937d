import { expect, test } from 'vitest';
import {
  acceptedDifference,
  carriedEntries,
  closingEntry,
  type EndingAccount,
  explainedAnew,
} from '../../../src/books/index.ts';
import type { Grant } from '../../../src/ledger/index.ts';
import { isOriginOf } from '../../../src/ledger/index.ts';

const TOLD = { adminId: 7, reason: 'Bank statement' };
const ACCOUNT = { clientId: 5, currencyId: 1 };

test('a difference is accepted as credit of the kind named, or as spent; none is none', () => {
  expect(acceptedDifference(ACCOUNT, 2000n, 'paid', TOLD)).toMatchObject({
    direction: 'in',
    amountHundredths: 2000n,
    row: null,
    explained: { kind: 'difference', act: { do: 'grant', kind: 'paid', refundable: true } },
  });
  expect(acceptedDifference(ACCOUNT, 2000n, 'promotional', TOLD)?.explained.act).toMatchObject({
    refundable: false,
  });
  expect(acceptedDifference(ACCOUNT, -300n, 'paid', TOLD)).toMatchObject({
    direction: 'out',
    amountHundredths: 300n,
    explained: { act: { do: 'spend', grants: [] }, adminId: 7 },
  });
  expect(acceptedDifference(ACCOUNT, 0n, 'paid', TOLD)).toBeNull();
});

test('an entry explained anew is taken back and mirrors its row once more', () => {
  const row = { id: 9, revision: 2, on: null, description: 'x', sha256: Buffer.alloc(32) };
  const entry = {
    ...ACCOUNT,
    sequence: 30n,
    direction: 'in' as const,
    amountHundredths: 100n,
    kind: 'unknown' as const,
    invoiceId: null,
    commandId: 'c',
    adminId: null,
    row,
  };
  const [back, anew] = explainedAnew(entry, 'bonus', { ...TOLD, invoiceId: 12 });
  expect(back).toMatchObject({
    direction: 'out',
    corrects: 30n,
    row: { revision: 3 },
    explained: { kind: 'unknown', commandId: null, act: { do: 'correct', corrects: 30n } },
  });
  expect(anew).toMatchObject({
    direction: 'in',
    corrects: null,
    row: { revision: 4 },
    explained: {
      kind: 'bonus',
      invoiceId: 12,
      commandId: 'c',
      act: { kind: 'promotional', followsInvoiceId: 12, fundsUnfunded: true },
    },
  });
  expect(explainedAnew(entry, 'return', { ...TOLD, invoiceId: 12 })[1].explained.act).toEqual({
    do: 'return',
  });
  expect([isOriginOf('in', 'deposit'), isOriginOf('out', 'deposit')]).toEqual([true, false]);
});

test('credit is carried to another client grant by grant, and what is owed with it', () => {
  const grant = (id: bigint, more: Partial<Grant>): Grant => ({
    id,
    kind: 'paid',
    amountHundredths: 900n,
    remainingHundredths: 400n,
    openedOn: null,
    startsOn: null,
    expiresOn: null,
    priority: 100,
    refundable: true,
    rule: '',
    followsInvoiceId: null,
    commandId: null,
    ...more,
  });
  const account: EndingAccount = {
    ...ACCOUNT,
    balanceHundredths: 500n,
    unfundedHundredths: 50n,
    grants: [
      grant(1n, {}),
      grant(2n, { kind: 'promotional', remainingHundredths: 150n, expiresOn: '2027-01-31' }),
    ],
  };
  const carried = carriedEntries(account, 6, 'merged');
  const sum = carried.reduce(
    (total, { direction, amountHundredths }) =>
      direction === 'in' ? total + amountHundredths : total - amountHundredths,
    0n,
  );
  expect(sum).toBe(account.balanceHundredths);
  expect(carried.every(({ clientId }) => clientId === 6)).toBe(true);
  expect(carried.at(-1)).toMatchObject({
    amountHundredths: 150n,
    direction: 'in',
    explained: { kind: 'merge', act: { kind: 'promotional', expiresOn: '2027-01-31' } },
  });
  expect(closingEntry(account, 'merge', 'x')).toMatchObject({
    clientId: 5,
    direction: 'out',
    amountHundredths: 500n,
  });
  expect(closingEntry({ ...account, balanceHundredths: -20n }, 'closing', 'x')).toMatchObject({
    direction: 'in',
    amountHundredths: 20n,
    explained: { act: { do: 'grant', fundsUnfunded: true } },
  });
  expect(closingEntry({ ...account, balanceHundredths: 0n }, 'closing', 'x')).toBeNull();
});
