import { describe, expect, it } from 'vitest';
import { openAccount } from '../../../support/account.ts';

describe('a return', () => {
  it('gives back what was drawn last, with its kind and expiry', () => {
    const account = openAccount();
    const bonus = account.grant(500n, 'promotional', { expiresOn: '2026-12-31' });
    const paid = account.grant(1_000n, 'paid');
    account.spend(900n, 812);
    account.returned(600n, 812);
    expect(account.wrote()).toEqual(['return 400 of 2 for 3', 'return 200 of 1 for 3']);
    expect(account.grantNumbered(bonus)).toMatchObject({
      kind: 'promotional',
      expiresOn: '2026-12-31',
      remainingHundredths: 200n,
    });
    expect(account.grantNumbered(paid)).toMatchObject({ remainingHundredths: 1_000n });
  });

  it('reverses the newest spend of its invoice first, and no other invoice', () => {
    const account = openAccount();
    account.grant(1_000n, 'paid');
    account.spend(300n, 812);
    account.spend(300n, 812);
    account.spend(300n, 813);
    account.returned(400n, 812);
    expect(account.wrote()).toEqual(['return 300 of 1 for 3', 'return 100 of 1 for 2']);
  });

  it('lowers what is unfunded before it gives anything back', () => {
    const account = openAccount();
    account.grant(100n, 'paid');
    account.spend(300n, 812);
    account.returned(250n, 812);
    expect(account.unfunded()).toEqual({});
    expect(account.wrote()).toEqual(['return 50 of 1 for 2']);
    expect(account.left()).toEqual({ 1: 50n });
  });

  it('opens a refund for what was never drawn for its invoice', () => {
    const account = openAccount();
    account.grant(100n, 'paid');
    account.spend(100n, 812);
    const refund = account.returned(130n, 812);
    expect(account.grantNumbered(refund)).toMatchObject({
      kind: 'refund',
      amountHundredths: 30n,
      refundable: false,
    });
    const other = account.returned(70n, 999);
    expect(account.grantNumbered(other)).toMatchObject({ kind: 'refund', amountHundredths: 70n });
  });

  it('gives the second of two draws of one grant back before what lay between them', () => {
    const account = openAccount();
    account.grant(100n, 'paid');
    const other = account.spend(40n, 813);
    account.spend(200n, 812);
    account.grant(50n, 'adjustment');
    account.correct('in', 40n, other);
    expect(account.wrote()).toEqual(['return 40 of 1 for 2', 'draw 40 of 1 for 3']);
    account.returned(60n, 812);
    expect(account.wrote()).toEqual(['return 10 of 1 for 3']);
    account.returned(90n, 812);
    expect(account.wrote()).toEqual([
      'return 30 of 1 for 3',
      'return 50 of 4 for 3',
      'return 10 of 1 for 3',
    ]);
  });
});

describe('a return in proportion', () => {
  it('gives each draw-down its share, and opens a refund for what was no credit', () => {
    const account = openAccount();
    const first = account.grant(2_000n, 'promotional', { expiresOn: '2026-12-01' });
    const second = account.grant(4_000n, 'promotional', { expiresOn: '2026-12-31' });
    account.spend(6_000n, 812);
    // A third of an invoice over 90.00, of which 30.00 was money.
    const refund = account.shared(3_000n, 812, 9_000n);
    expect(account.left()).toEqual({ 1: 666n, 2: 1_334n, 4: 1_000n });
    expect(account.grantNumbered(first)).toMatchObject({ expiresOn: '2026-12-01' });
    expect(account.grantNumbered(second)).toMatchObject({ expiresOn: '2026-12-31' });
    expect(account.grantNumbered(refund)).toMatchObject({ kind: 'refund', refundable: false });
  });

  it('goes by what is still drawn, and gives back no more than that', () => {
    const account = openAccount();
    account.grant(8_000n, 'promotional');
    account.spend(4_000n, 812);
    account.shared(6_000n, 812, 8_000n);
    expect(account.left()).toEqual({ 1: 7_000n, 3: 3_000n });
    account.shared(4_000n, 812, 2_000n);
    expect(account.left()).toEqual({ 1: 8_000n, 3: 3_000n, 4: 3_000n });
  });

  it('lowers what is unfunded by its share', () => {
    const account = openAccount();
    account.grant(100n, 'paid');
    account.spend(300n, 812);
    account.shared(150n, 812, 300n);
    // 50 back to the grant, which then covers as much of what is still unfunded.
    expect(account.left()).toEqual({ 1: 0n });
    expect(account.unfunded()).toEqual({ 2: 50n });
  });

  it('can be taken back, and the grants are drawn again', () => {
    const account = openAccount();
    account.grant(1_000n, 'promotional');
    account.spend(1_000n, 812);
    const shared = account.shared(600n, 812, 1_200n);
    expect(account.left()).toEqual({ 1: 500n, 3: 100n });
    account.correct('out', 600n, shared);
    expect(account.left()).toEqual({ 1: 0n, 3: 0n });
  });
});

describe('a return on an invoice that is reopened', () => {
  it('is taken back from the grants it restored', () => {
    const account = openAccount();
    account.grant(500n, 'promotional', { expiresOn: '2026-12-31' });
    account.grant(1_000n, 'paid');
    account.spend(700n, 812);
    const returned = account.returned(400n, 812);
    account.grant(800n, 'promotional', { priority: 1 });
    account.takeBack(400n, returned, 812);
    expect(account.wrote()).toEqual(['draw 200 of 1 for 6', 'draw 200 of 2 for 6']);
    expect(account.left()).toEqual({ 1: 0n, 2: 800n, 5: 800n });
  });

  it('is taken back by order, then unfunded, where what it restored was spent meanwhile', () => {
    const account = openAccount();
    account.grant(500n, 'promotional');
    account.spend(500n, 812);
    const returned = account.returned(500n, 812);
    account.spend(400n, 813);
    account.grant(150n, 'paid');
    account.takeBack(500n, returned, 812);
    expect(account.wrote()).toEqual(['draw 100 of 1 for 6', 'draw 150 of 5 for 6']);
    expect(account.unfunded()).toEqual({ 6: 250n });
  });

  it('can be cancelled and returned again', () => {
    const account = openAccount();
    account.grant(500n, 'promotional', { expiresOn: '2026-12-31' });
    account.spend(500n, 812);
    const returned = account.returned(500n, 812);
    account.takeBack(500n, returned, 812);
    account.returned(500n, 812);
    expect(account.left()).toEqual({ 1: 500n });
  });
});
