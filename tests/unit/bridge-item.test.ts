import { describe, expect, it } from 'vitest';
import { DATA_MAX_MEMBERS, deliveryItem, isIdentifiedItem } from '../../bridge/index.ts';

const ITEM = {
  id: '01934f3a-7c00-7000-8000-0000000000f1',
  type: 'InvoiceCreated',
  timestamp: '2026-11-22T12:00:00.000000Z',
  answer: 'deferred',
  shim: '0.1.0',
  whmcs: { version: '8.13.1', date: '2026-11-22', zone: 'Europe/Berlin' },
  data: { invoiceid: '9', paid: false, note: null, relid: 3 },
};

function members(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`field${at}`, at]));
}

describe('an item', () => {
  it('is read as the spool keeps it', () => {
    expect(deliveryItem.parse(ITEM)).toEqual(ITEM);
  });

  it('may name the command that caused it', () => {
    const caused = { ...ITEM, causedBy: '01934f3a-7c00-7000-8000-0000000000c1' };
    expect(deliveryItem.parse(caused)).toEqual(caused);
  });

  it('may have as many members as allowed in its data', () => {
    const full = { ...ITEM, data: members(DATA_MAX_MEMBERS) };
    expect(deliveryItem.parse(full)).toEqual(full);
  });

  it.each([
    ['an id in capital letters', { id: ITEM.id.toUpperCase() }],
    ['an id that is no UUID', { id: '9' }],
    ['a hook with a blank in its name', { type: 'Invoice Created' }],
    ['a time without its zone', { timestamp: '2026-11-22T12:00:00' }],
    ['a time in another zone', { timestamp: '2026-11-22T12:00:00+01:00' }],
    ['an answer nobody knows', { answer: 'later' }],
    ['a day that does not exist', { whmcs: { ...ITEM.whmcs, date: '2026-02-30' } }],
    ['a zero date', { whmcs: { ...ITEM.whmcs, date: '0000-00-00' } }],
    ['a list in its data', { data: { ids: [1] } }],
    ['an object in its data', { data: { invoice: { id: 9 } } }],
    ['a list in place of its data', { data: [] }],
    ['a member of its data whose name no argument has', { data: { 'a-b': 1 } }],
    ['a member too many in its data', { data: members(DATA_MAX_MEMBERS + 1) }],
    ['a cause that is no UUID', { causedBy: '' }],
    ['a member nobody knows', { extra: 1 }],
  ])('is refused with %s', (_case, change) => {
    expect(deliveryItem.safeParse({ ...ITEM, ...change }).success).toBe(false);
  });

  it.each(Object.keys(ITEM))('is refused without %s', (name) => {
    const rest = Object.fromEntries(Object.entries(ITEM).filter(([key]) => key !== name));
    expect(deliveryItem.safeParse(rest).success).toBe(false);
  });

  it('is not bent by a member with a name of the language', () => {
    const data: unknown = JSON.parse('{"invoiceid":9,"__proto__":{"admin":true}}');
    const read = deliveryItem.parse({ ...ITEM, data });
    expect(Object.entries(read.data)).toEqual([['invoiceid', 9]]);
    expect(read.data).not.toHaveProperty('admin');
  });

  it('is named in a reply by its id, whatever else is wrong with it', () => {
    expect(isIdentifiedItem({ id: ITEM.id, type: 5 })).toBe(true);
    for (const value of [{ id: 5 }, { id: '9' }, {}, null, 'text', [ITEM]]) {
      expect(isIdentifiedItem(value)).toBe(false);
    }
  });
});
