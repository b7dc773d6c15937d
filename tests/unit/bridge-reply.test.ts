import { describe, expect, it } from 'vitest';
import { deliveriesReply, pageReply, pairReply, runReply } from '../../bridge/index.ts';

const ID = '01934f3a-7c00-7000-8000-0000000000f1';
const PAGE = { status: 200, title: 'Rules', html: '<p>Hi</p>', redirect: null, waiting: 0 };

function reply(result: object): object {
  return { results: [{ id: ID, ...result }], waiting: 3, manifest: 7 };
}

describe('a reply to deliveries', () => {
  it.each([
    { outcome: 'accepted' },
    { outcome: 'duplicate' },
    { outcome: 'refused', code: 'unknown-type', message: 'No hook of this name is known.' },
    { outcome: 'not-visible-yet' },
    { outcome: 'retry' },
    { outcome: 'accepted', veto: ['Credit may not be used for this order.'] },
    { outcome: 'accepted', mail: 'hold' },
    { outcome: 'accepted', cancel: 'abort' },
    {
      outcome: 'accepted',
      page: {
        vars: { minimumamount: { amount: '10.00', currency: 1 }, allowed: true },
        notice: { type: 'warning', title: 'Deposits', message: 'At least 10.00.' },
      },
    },
  ])('may say %j', (result) => {
    expect(deliveriesReply.parse(reply(result))).toEqual(reply(result));
  });

  it.each([
    { outcome: 'later' },
    { outcome: 'accepted', mail: 'drop' },
    { outcome: 'accepted', cancel: true },
    { outcome: 'accepted', veto: 'text' },
    { outcome: 'accepted', page: { vars: { x: { amount: 10, currency: 1 } } } },
    { outcome: 'accepted', page: { vars: { x: 1.5 } } },
  ])('may not say %j', (result) => {
    expect(deliveriesReply.safeParse(reply(result)).success).toBe(false);
  });
});

describe('a reply with a page', () => {
  it('sends the viewer on within the addon only', () => {
    const sent = { ...PAGE, redirect: 'page=rules/auto-apply&saved=1' };
    expect(pageReply.parse(sent)).toEqual(sent);
    for (const redirect of [
      'https://example.com/',
      '//example.com',
      'page=a\r\nSet-Cookie: b',
      '',
    ]) {
      expect(pageReply.safeParse({ ...PAGE, redirect }).success).toBe(false);
    }
  });
});

describe('a reply to a pairing or a run', () => {
  it('names one of the agreed states', () => {
    const pair = { nonce: ID, service: '0.1.0', state: 'paired' };
    const keep = { payloadDays: 30, recordDays: 396 };
    const run = { run: ID, state: 'planning', waiting: 12, planned: 40_000, left: 0, keep };
    expect(pairReply.parse(pair)).toEqual(pair);
    expect(runReply.parse(run)).toEqual(run);
    const held = { run: null, state: 'held', waiting: 0, planned: 0, left: 0, keep };
    expect(runReply.parse(held)).toEqual(held);
    expect(pairReply.safeParse({ ...pair, state: 'friends' }).success).toBe(false);
    expect(runReply.safeParse({ ...run, waiting: -1 }).success).toBe(false);
    expect(runReply.safeParse({ ...run, keep: { payloadDays: 0, recordDays: 396 } }).success).toBe(
      false,
    );
  });
});
