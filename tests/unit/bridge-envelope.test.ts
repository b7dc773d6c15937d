import { describe, expect, it } from 'vitest';
import {
  deliveriesRequest,
  doorbellRequest,
  manifestRequest,
  openEnvelope,
  PROTOCOL,
  pageRequest,
  pairRequest,
  runRequest,
} from '../../bridge/index.ts';

const INSTALLATION = '01934f3a-7c00-7000-8000-00000000abcd';
const OTHER = '01934f3a-7c00-7000-8000-00000000abce';

function envelope(to: string, members: object = {}): object {
  return { protocol: PROTOCOL, to, installation: INSTALLATION, ...members };
}

const PAIR = {
  nonceHash: 'ab'.repeat(32),
  shim: '0.1.0',
  whmcs: '8.13.1',
  schema: 1,
};
const RUN = { date: '2026-11-22', zone: 'America/Argentina/Buenos_Aires', moment: 'PreCronJob' };
const PAGE = {
  viewer: { kind: 'admin', adminId: 1, permissions: ['Manage Credits'] },
  method: 'POST',
  page: 'rules/auto-apply',
  query: {},
  form: { tiers: [{ minimum: '10.00', bonus: '5' }], name: '<b>x</b>' },
  base: 'addonmodules.php?module=creditbridge',
  assets: '../modules/addons/creditbridge/assets',
  token: { name: 'token', value: 'abc' },
  settings: { AddFundsMinimum: '10.00', AddFundsEnabled: null },
};
const CLIENT = {
  kind: 'client',
  clientId: 5,
  userId: null,
  permissions: ['invoices'],
  masqueradingAdminId: 1,
};

describe('an envelope', () => {
  it.each([
    ['a manifest call', manifestRequest, {}],
    ['a ring', doorbellRequest, {}],
    ['a pairing', pairRequest, PAIR],
    ['a run', runRequest, RUN],
    ['a page for an admin', pageRequest, PAGE],
    ['a page for a client', pageRequest, { ...PAGE, viewer: CLIENT }],
  ])('with %s is opened', (_case, kind, members) => {
    const sent = envelope(kind.address, members);
    const opened = openEnvelope<unknown>(kind, sent, INSTALLATION);
    expect(opened).toEqual({ ok: true, request: sent });
  });

  it('is heard from any installation before the first pairing', () => {
    const sent = envelope(pairRequest.address, PAIR);
    expect(openEnvelope(pairRequest, sent, undefined).ok).toBe(true);
    const refused = openEnvelope(pairRequest, sent, OTHER);
    expect(refused).toEqual({ ok: false, code: 'wrong-installation' });
  });

  it.each([
    ['a nonce in clear', pairRequest, { ...PAIR, nonceHash: INSTALLATION }],
    ['a run on no day', runRequest, { ...RUN, date: '22.11.2026' }],
    ['a run from another hook', runRequest, { ...RUN, moment: 'ClientAdd' }],
    ['a zone that is a path', runRequest, { ...RUN, zone: '../../etc/passwd\0' }],
    ['a viewer of no kind', pageRequest, { ...PAGE, viewer: { ...CLIENT, kind: 'guest' } }],
    [
      'an admin who says to be a client too',
      pageRequest,
      { ...PAGE, viewer: { ...PAGE.viewer, clientId: 5 } },
    ],
    ['a client with id 0', pageRequest, { ...PAGE, viewer: { ...CLIENT, clientId: 0 } }],
    ['another method', pageRequest, { ...PAGE, method: 'DELETE' }],
    ['a page that is a path', pageRequest, { ...PAGE, page: '../rules' }],
    ['a number in a form', pageRequest, { ...PAGE, form: { amount: 1 } }],
  ])('with %s is refused', (_case, kind, members) => {
    const opened = openEnvelope<unknown>(kind, envelope(kind.address, members), INSTALLATION);
    expect(opened).toMatchObject({ ok: false, code: 'envelope-invalid' });
  });

  it('says which member is wrong', () => {
    const sent = envelope(runRequest.address, { ...RUN, date: 'today' });
    const opened = openEnvelope(runRequest, sent, INSTALLATION);
    expect.assert(!opened.ok);
    expect(opened.detail).toContain('at date');
  });

  it('keeps items as they came, so that two deliveries of one can be compared', () => {
    const item = { zebra: 1, id: OTHER, data: { b: 1, a: 2 } };
    const sent = envelope(deliveriesRequest.address, { items: [item] });
    const opened = openEnvelope(deliveriesRequest, sent, INSTALLATION);
    expect.assert(opened.ok);
    expect(JSON.stringify(opened.request.items)).toBe(JSON.stringify([item]));
  });
});
