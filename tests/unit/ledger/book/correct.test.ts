import { describe, expect, it } from 'vitest';
import { openAccount } from '../../../support/account.ts';

describe('a correction', () => {
  it('of a grant closes it and leaves what was drawn from it unfunded', () => {
    const account = openAccount();
    const wrong = account.grant(500n, 'promotional');
    account.spend(300n, 812);
    account.correct('out', 500n, wrong);
    expect(account.wrote()).toEqual(['return 300 of 1 for 2', 'draw 500 of 1 for 3']);
    expect(account.left()).toEqual({ 1: 0n });
    expect(account.unfunded()).toEqual({ 2: 300n });
  });

  it('of a spend gives back what it drew and drops what was unfunded', () => {
    const account = openAccount();
    account.grant(500n, 'promotional');
    const wrong = account.spend(800n, 812);
    account.correct('in', 800n, wrong);
    expect(account.left()).toEqual({ 1: 500n });
    expect(account.unfunded()).toEqual({});
  });

  it('of a spend that came back in part turns that return into a refund', () => {
    const account = openAccount();
    account.grant(500n, 'promotional');
    const wrong = account.spend(400n, 812);
    account.returned(100n, 812);
    const correction = account.correct('in', 400n, wrong);
    expect(account.left()).toEqual({ 1: 500n, [Number(correction)]: 100n });
  });

  it('of a return takes what it restored from whoever drew it since', () => {
    const account = openAccount();
    account.grant(500n, 'promotional');
    account.spend(500n, 812);
    const wrong = account.returned(500n, 812);
    const later = account.spend(450n, 813);
    account.correct('out', 500n, wrong);
    expect(account.wrote()).toEqual([`return 450 of 1 for ${later}`, 'draw 500 of 1 for 5']);
    expect(account.unfunded()).toEqual({ [Number(later)]: 450n });
  });

  it('of a return that restored one grant for two spends takes both parts', () => {
    const account = openAccount();
    account.grant(500n, 'promotional');
    account.spend(200n, 812);
    account.spend(300n, 812);
    const wrong = account.returned(500n, 812);
    const later = account.spend(500n, 813);
    account.correct('out', 500n, wrong);
    expect(account.wrote()).toEqual([
      `return 200 of 1 for ${later}`,
      'draw 200 of 1 for 6',
      `return 300 of 1 for ${later}`,
      'draw 300 of 1 for 6',
    ]);
    expect(account.unfunded()).toEqual({ [Number(later)]: 500n });
  });

  it('of a return takes back the refund it opened', () => {
    const account = openAccount();
    const wrong = account.returned(70n, 812);
    account.correct('out', 70n, wrong);
    expect(account.left()).toEqual({ 1: 0n });
    expect(account.unfunded()).toEqual({});
  });

  it('of a return makes unfunded again what it had lowered', () => {
    const account = openAccount();
    account.spend(300n, 812);
    const wrong = account.returned(200n, 812);
    const correction = account.correct('out', 200n, wrong);
    expect(account.unfunded()).toEqual({ 1: 100n, [Number(correction)]: 200n });
  });

  it('of a take-back restores what the return had restored', () => {
    const account = openAccount();
    account.grant(500n, 'promotional');
    account.spend(500n, 812);
    const returned = account.returned(500n, 812);
    const wrong = account.takeBack(500n, returned, 812);
    account.correct('in', 500n, wrong);
    expect(account.left()).toEqual({ 1: 500n });
  });

  it('of a correction puts everything where it was', () => {
    const account = openAccount();
    const grant = account.grant(500n, 'promotional');
    account.spend(300n, 812);
    const wrong = account.correct('out', 500n, grant);
    account.correct('in', 500n, wrong);
    expect(account.wrote()).toEqual(['return 500 of 1 for 3', 'draw 300 of 1 for 2']);
    expect(account.left()).toEqual({ 1: 200n });
    expect(account.unfunded()).toEqual({});
  });

  it('and the entry as it reads now keep promotional credit where it was spent', () => {
    const account = openAccount();
    const wrong = account.grant(500n, 'promotional');
    account.spend(300n, 812);
    account.correct('out', 500n, wrong);
    account.grant(450n, 'promotional', { fundsUnfunded: true });
    expect(account.left()).toEqual({ 1: 0n, 4: 150n });
    expect(account.unfunded()).toEqual({});
  });
});
