import { expect, test } from 'vitest';
import {
  eligibleHundredths,
  eligibleLines,
  outOfScope,
  type Scope,
  scope,
} from '../../../src/rules/index.ts';
import { aClient, aLine, anInvoice } from '../../../src/rules/testing.ts';

const NOTHING = { serviceId: null, productId: null, productGroupId: null, relatedId: 0 };
const SERVER = aLine({ id: 1, amountHundredths: 2000n, withTaxHundredths: 2380n });
const OTHER = aLine({ id: 2, productId: 3, serviceId: 31, amountHundredths: 1000n });
const DOMAIN = aLine({ ...NOTHING, id: 3, type: 'Domain', domainId: 8, amountHundredths: 1500n });
const PROMO = aLine({ id: 4, type: 'PromoHosting', amountHundredths: -500n });
const FREE_TEXT = aLine({ ...NOTHING, id: 5, type: '', amountHundredths: 100n });
const GROUP_DISCOUNT = aLine({
  ...NOTHING,
  id: 6,
  type: 'GroupDiscount',
  amountHundredths: -300n,
});
const INVOICE = anInvoice({
  gateway: 'banktransfer',
  lines: [SERVER, OTHER, DOMAIN, PROMO, FREE_TEXT, GROUP_DISCOUNT],
});

const only = (chosen: Partial<Scope>): Scope => scope().parse(chosen);
const ids = (chosen: Partial<Scope>) => eligibleLines(only(chosen), INVOICE).map(({ id }) => id);

test('a scope in which nothing is chosen leaves nothing out', () => {
  expect(outOfScope(only({}), aClient(), INVOICE)).toBeNull();
  expect(eligibleLines(only({}), INVOICE)).toEqual(INVOICE.lines);
});

test.each<[string, Partial<Scope>, string]>([
  ['a client group', { clientGroups: [4] }, 'The rule is not for this client’s group.'],
  ['a currency', { currencies: [2] }, 'The rule is not for this currency.'],
  ['a gateway', { gateways: ['paypal'] }, 'The rule is not for the gateway banktransfer.'],
])('%s that is not chosen is out of scope, with the reason', (_, chosen, reason) => {
  expect(outOfScope(only(chosen), aClient(), INVOICE)).toBe(reason);
});

test('a client in no group is chosen as 0, and without an invoice no gateway is asked', () => {
  expect(outOfScope(only({ clientGroups: [0] }), aClient({ groupId: 0 }), null)).toBeNull();
  expect(outOfScope(only({ gateways: ['paypal'] }), aClient(), null)).toBeNull();
});

test('a product’s discount goes with its product, and one for the whole invoice lowers every choice', () => {
  expect(ids({ products: [2] })).toEqual([1, 4, 6]);
  expect(ids({ products: [3] })).toEqual([2, 6]);
  expect(ids({ productGroups: [1] })).toEqual([1, 2, 4, 6]);
});

test('a kind of line has its discounts, and all that WHMCS does not explain is another line', () => {
  expect(ids({ lineTypes: ['service'] })).toEqual([1, 2, 4, 6]);
  expect(ids({ lineTypes: ['domain-renewal'] })).toEqual([3, 6]);
  expect(ids({ lineTypes: ['other'] })).toEqual([5, 6]);
});

test('no line is eligible when only a discount would be left', () => {
  expect(ids({ products: [99] })).toEqual([]);
});

test('eligible lines cost what they cost with their tax and less their discounts, and never less than nothing', () => {
  expect(eligibleHundredths(only({ products: [2] }), INVOICE)).toBe(2380n - 500n - 300n);
  expect(eligibleHundredths(only({ lineTypes: ['other'] }), INVOICE)).toBe(0n);
});
