import { expect, test } from 'vitest';
import type { IdentifiedItem } from '../../../bridge/index.ts';
import { readItem } from '../../../src/deliveries/read-item.ts';
import { hookItem } from '../../support/hook-item.ts';

const nobody = () => undefined;
const read = (item: IdentifiedItem) => readItem(item, nobody);

test('a good item is read by its hook’s schema and knows what it is about', () => {
  const item = hookItem('InvoiceCreated', { invoiceid: '9', status: 'Unpaid' });
  expect(read(item)).toMatchObject({
    kind: 'readable',
    data: { invoiceid: 9, status: 'Unpaid' },
    subject: { invoiceIds: [9] },
    note: '',
  });
});

test.each([
  ['a member that is missing', { data: undefined }],
  ['a member that is not known', { extra: 1 }],
  ['a time that is none', { timestamp: 'yesterday' }],
  ['a date that is none', { whmcs: { version: '8.13.1', date: '2026-02-30', zone: 'UTC' } }],
  ['a nested value in data', { data: { invoiceid: { id: 9 } } }],
  ['a wrong value in data', { data: { invoiceid: 'nine' } }],
])('%s makes the payload invalid', (_, members) => {
  const item = { ...hookItem('InvoiceCreated', { invoiceid: 9 }), ...members };
  expect(read(item)).toMatchObject({ kind: 'unreadable', code: 'payload-invalid', id: item.id });
});

test('a hook that a provider’s rule listens to is taken with the fields that may leave', () => {
  const item = hookItem('TicketOpen', { ticketid: 4, subject: 'Hello', authtokenid: 5 });
  expect(read(item)).toMatchObject({ kind: 'unreadable', code: 'unknown-type' });
  expect(readItem(item, (hook) => (hook === 'TicketOpen' ? [] : undefined))).toMatchObject({
    kind: 'readable',
    data: { ticketid: 4 },
    note: 'Dropped 2 members of data that the hook does not list.',
  });
});

test('a hook that is never forwarded is kept without a single value', () => {
  const item = hookItem('ClientLogin', { userid: 5, loginstatus: 'ok' });
  expect(read(item)).toMatchObject({
    kind: 'unreadable',
    stored: expect.stringMatching(/"data":\{\}/),
  });
});

test('what is stored of a broken item holds nothing but words that may leave', () => {
  const item = {
    ...hookItem('InvoiceCreated', { invoiceid: 9, cardnum: '4111111111111111' }),
    timestamp: 'x'.repeat(1000),
    whmcs: { date: '2026-11-22', more: { password: 'hunter2' } },
    form: { password: 'hunter2' },
  };
  const { kind, stored } = read(item);
  expect(kind).toBe('unreadable');
  expect(stored).not.toMatch(/4111111111111111|hunter2|xxxx/);
});

test('the same content has the same hash, another content another', () => {
  const item = hookItem('InvoiceCreated', { invoiceid: 9 });
  const hash = (one: IdentifiedItem) => read(one).sha256.toString('hex');
  expect(hash(structuredClone(item))).toBe(hash(item));
  expect(hash({ ...item, answer: 'inline' } as IdentifiedItem)).not.toBe(hash(item));
});
