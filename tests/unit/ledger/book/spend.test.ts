import { describe, expect, it } from 'vitest';
import { DEFAULT_LEDGER_SETTINGS } from '../../../../src/ledger/index.ts';
import { openAccount } from '../../../support/account.ts';

describe('a spend', () => {
  it('draws by priority, then what expires soonest, then promotional before paid, then the oldest', () => {
    const account = openAccount();
    account.grant(100n, 'paid');
    account.grant(100n, 'promotional');
    account.grant(100n, 'paid', { expiresOn: '2027-01-01' });
    account.grant(100n, 'paid', { expiresOn: '2026-12-01' });
    account.grant(100n, 'paid', { priority: 10 });
    account.grant(100n, 'paid');
    account.spend(600n);
    expect(account.wrote()).toEqual([
      'draw 100 of 5 for 7',
      'draw 100 of 4 for 7',
      'draw 100 of 3 for 7',
      'draw 100 of 2 for 7',
      'draw 100 of 1 for 7',
      'draw 100 of 6 for 7',
    ]);
  });

  it('draws what has not begun yet last', () => {
    const account = openAccount();
    account.grant(100n, 'promotional', { startsOn: '2026-11-23', priority: 1 });
    account.grant(100n, 'promotional', { startsOn: '2026-11-22' });
    account.grant(100n, 'paid');
    account.spend(250n);
    expect(account.wrote()).toEqual([
      'draw 100 of 2 for 4',
      'draw 100 of 3 for 4',
      'draw 50 of 1 for 4',
    ]);
  });

  it('follows another order when the settings say so', () => {
    const account = openAccount({ ...DEFAULT_LEDGER_SETTINGS, drawOrder: ['age'] });
    account.grant(100n, 'paid', {}, { on: '2026-11-20' });
    account.grant(100n, 'promotional', { priority: 1 }, { on: '2026-11-19' });
    account.spend(150n);
    expect(account.wrote()).toEqual(['draw 100 of 2 for 3', 'draw 50 of 1 for 3']);
  });

  it('of a mass payment by card leaves promotional credit promotional', () => {
    const account = openAccount();
    const bonus = account.grant(500n, 'promotional');
    const paidIn = account.grant(2_000n, 'paid');
    account.spend(2_000n, 812, [paidIn]);
    expect(account.left()).toEqual({ [Number(bonus)]: 500n, [Number(paidIn)]: 0n });
  });

  it('by an expiry takes the grant it names and nothing of paid money', () => {
    const account = openAccount();
    account.grant(1_000n, 'paid', { priority: 1 });
    const bonus = account.grant(500n, 'promotional', { expiresOn: '2026-11-21' });
    account.spend(200n, 812, [bonus]);
    account.spend(300n, null, [bonus]);
    expect(account.wrote()).toEqual(['draw 300 of 2 for 4']);
    expect(account.left()).toEqual({ 1: 1_000n, 2: 0n });
  });

  it('goes on to the other grants when those it names are used up', () => {
    const account = openAccount();
    const bonus = account.grant(100n, 'promotional');
    account.grant(1_000n, 'paid');
    account.spend(60n);
    account.spend(100n, null, [bonus]);
    expect(account.wrote()).toEqual(['draw 40 of 1 for 4', 'draw 60 of 2 for 4']);
  });

  it('of 100.50 in a currency without decimals stays exact', () => {
    const account = openAccount();
    account.grant(20_000n, 'paid');
    account.spend(10_050n);
    account.returned(1n, null);
    expect(account.left()).toEqual({ 1: 9_950n, 3: 1n });
  });
});

describe('what no grant covers', () => {
  it('stays unfunded and is funded by the next paid grant, the oldest first', () => {
    const account = openAccount();
    account.spend(300n);
    account.spend(200n);
    expect(account.unfunded()).toEqual({ 1: 300n, 2: 200n });
    account.grant(400n, 'paid');
    expect(account.wrote()).toEqual(['draw 300 of 3 for 1', 'draw 100 of 3 for 2']);
    expect(account.unfunded()).toEqual({ 2: 100n });
  });

  it('is not funded by promotional credit', () => {
    const account = openAccount();
    account.spend(300n);
    account.grant(400n, 'promotional');
    expect(account.unfunded()).toEqual({ 1: 300n });
    expect(account.left()).toEqual({ 2: 400n });
  });

  it('is funded by promotional credit where the settings or the grant say so', () => {
    const bySettings = openAccount({ ...DEFAULT_LEDGER_SETTINGS, promotionalFundsUnfunded: true });
    bySettings.spend(300n);
    bySettings.grant(400n, 'promotional');
    expect(bySettings.left()).toEqual({ 2: 100n });

    const byGrant = openAccount();
    byGrant.spend(300n);
    byGrant.grant(100n, 'promotional');
    byGrant.grant(250n, 'promotional', { fundsUnfunded: true });
    expect(byGrant.unfunded()).toEqual({ 1: 50n });
    expect(byGrant.left()).toEqual({ 2: 100n, 3: 0n });
  });
});
