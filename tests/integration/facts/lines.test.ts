import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, lookAtNotes } from '../../../src/db/index.ts';
import { becomeNine } from '../../support/become-nine.ts';
import { factsIn, loadFactsOf } from '../../support/facts-of.ts';
import { grantAgain } from '../../support/service-account.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import { testDatabaseServer } from '../../support/test-database-server.ts';
import {
  addAddon,
  addClient,
  addCurrencies,
  addDeposit,
  addDomain,
  addInvoice,
  addNote,
  addProduct,
  addProductGroup,
  addService,
  addUpgrade,
} from '../../support/whmcs-rows.ts';

// The lines of invoices, as rules see them: what each is for, and how much of the invoice it is (whmcs.md §5).

const database = await createServiceDatabase(testDatabaseServer(), { whmcs: '8.13' });
const db = connect(database.serviceUrl, 2);
const where = database.root;
const EUR = 1;
const JPY = 3;

beforeAll(() => addCurrencies(where));

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const linesOf = async (client: number, invoice: number) =>
  factsIn(
    await loadFactsOf(db, { clients: [client], invoices: [invoice], needs: ['lines'] }),
    client,
    invoice,
  ).invoice?.lines ?? [];

const withTax = async (client: number, invoice: number) =>
  (await linesOf(client, invoice)).map(({ withTaxHundredths }) => withTaxHundredths);

test('a line says which service, addon, domain, product and product group it is for', async () => {
  const client = await addClient(where);
  const group = await addProductGroup(where, 'Servers');
  const product = await addProduct(where, group, 'Small server');
  const service = await addService(where, { client, product });
  const addon = await addAddon(where, { client, service });
  const domain = await addDomain(where, { client });
  const ofService = await addUpgrade(where, 'package', service);
  const ofAddon = await addUpgrade(where, 'addon', addon);
  const invoice = await addInvoice(where, {
    client,
    total: '66.00',
    lines: [
      { type: 'Hosting', relid: service, amount: '20.00' },
      { type: 'PromoHosting', relid: service, amount: '-2.00' },
      { type: 'Addon', relid: addon, amount: '3.00' },
      { type: 'DomainRegister', relid: domain, amount: '15.00' },
      { type: 'Upgrade', relid: ofService, amount: '10.00' },
      { type: 'Upgrade', relid: ofAddon, amount: '5.00' },
      { type: 'Item', relid: service, amount: '7.00' },
      { type: '', amount: '8.00' },
    ],
  });
  const nothing = {
    serviceId: null,
    addonId: null,
    domainId: null,
    productId: null,
    productGroupId: null,
  };
  const served = { ...nothing, serviceId: service, productId: product, productGroupId: group };
  const withAddon = { ...served, addonId: addon };
  expect(await linesOf(client, invoice)).toMatchObject([
    { type: 'Hosting', relatedId: service, ...served, amountHundredths: 2000n },
    { type: 'PromoHosting', ...served, amountHundredths: -200n, withTaxHundredths: -200n },
    { type: 'Addon', ...withAddon },
    { type: 'DomainRegister', ...nothing, domainId: domain },
    { type: 'Upgrade', relatedId: ofService, ...served },
    { type: 'Upgrade', relatedId: ofAddon, ...withAddon },
    { type: 'Item', relatedId: service, ...nothing },
    { type: '', ...nothing },
  ]);
});

test('a service or product that WHMCS deleted leaves a line that names nothing', async () => {
  const client = await addClient(where);
  const service = await addService(where, { client, product: 9_999 });
  const invoice = await addInvoice(where, {
    client,
    total: '30.00',
    lines: [
      { type: 'Hosting', relid: service, amount: '20.00' },
      { type: 'Hosting', relid: 9_999, amount: '10.00' },
    ],
  });
  expect(await linesOf(client, invoice)).toMatchObject([
    { serviceId: service, productId: null, productGroupId: null },
    { serviceId: null, productId: null, relatedId: 9_999 },
  ]);
});

test('taxed lines share the tax in proportion, the largest remainder first, and a discount lowers it', async () => {
  const client = await addClient(where);
  // 19 % of 23.33: 4.43. By line 1.9000, 2.4320 and 0.1007 of it, the rest from the discount.
  const invoice = await addInvoice(where, {
    client,
    total: '32.76',
    tax: '4.43',
    lines: [
      { type: 'Hosting', amount: '10.00', taxed: true },
      { type: 'Hosting', amount: '12.80', taxed: true },
      { type: 'Addon', amount: '1.06', taxed: true },
      { type: 'PromoHosting', amount: '-0.53', taxed: true },
      { type: 'Domain', amount: '5.00' },
    ],
  });
  expect(await withTax(client, invoice)).toEqual([1190n, 1523n, 126n, -63n, 500n]);
});

test('where prices include the tax, the lines are the invoice as they are', async () => {
  const client = await addClient(where);
  const invoice = await addInvoice(where, {
    client,
    total: '23.80',
    tax: '3.80',
    lines: [
      { type: 'Hosting', amount: '11.90', taxed: true },
      { type: 'Hosting', amount: '11.90', taxed: true },
    ],
  });
  expect(await withTax(client, invoice)).toEqual([1190n, 1190n]);
});

test('lines in yen stay whole yen', async () => {
  const client = await addClient(where, { currency: JPY });
  const invoice = await addInvoice(where, {
    client,
    total: '1100.00',
    tax: '100.00',
    lines: [
      { type: 'Hosting', amount: '333.00', taxed: true },
      { type: 'Hosting', amount: '333.00', taxed: true },
      { type: 'Hosting', amount: '334.00', taxed: true },
    ],
  });
  expect(await withTax(client, invoice)).toEqual([36_600n, 36_600n, 36_800n]);
});

test('one batch has the lines of its events’ invoices and of all open ones, each client its own', async () => {
  const anna = await addClient(where, { currency: EUR });
  const ben = await addClient(where, { currency: JPY });
  const paid = await addInvoice(where, { client: anna, total: '10.00', status: 'Paid' });
  const open = await addInvoice(where, { client: anna, total: '20.00' });
  const deposit = await addDeposit(where, { client: ben, total: '500.00' });
  const loaded = await loadFactsOf(db, {
    clients: [anna, ben],
    invoices: [paid],
    needs: ['invoice', 'openInvoices', 'openDeposits', 'lines'],
  });
  const [annas, bens] = [factsIn(loaded, anna, paid), factsIn(loaded, ben)];
  const amounts = (invoices: readonly { readonly id: number; readonly lines: unknown }[]) =>
    invoices.map(({ id, lines }) => ({ id, lines }));
  const line = (amountHundredths: bigint) => expect.objectContaining({ amountHundredths });
  expect(annas.invoice?.lines).toEqual([line(1000n)]);
  expect(amounts(annas.openInvoices)).toEqual([{ id: open, lines: [line(2000n)] }]);
  expect(amounts(bens.openDeposits)).toEqual([{ id: deposit, lines: [line(50_000n)] }]);
});

test('credit and notes change nothing about the lines: they add up to the invoice before credit on both majors', async () => {
  const client = await addClient(where);
  const lines = [
    { type: 'Hosting', amount: '9.99', taxed: true },
    { type: 'Hosting', amount: '10.01', taxed: true },
  ];
  // 23.80 with 5.00 of credit: 8.x lowers the total.
  const eight = await addInvoice(where, {
    client,
    total: '18.80',
    credit: '5.00',
    tax: '3.80',
    lines,
  });
  const before = await linesOf(client, eight);
  await becomeNine(database);
  await grantAgain(database);
  expect(await lookAtNotes(db)).toBe('readable');
  const nine = await addInvoice(where, { client, total: '23.80', tax: '3.80', lines });
  await addNote(where, { client, invoice: nine, amountIn: '5.00' });
  const loaded = await loadFactsOf(db, {
    clients: [client],
    invoices: [eight, nine],
    needs: ['lines'],
  });
  expect(factsIn(loaded, client, eight).invoice?.lines).toEqual(before);
  for (const invoice of [eight, nine]) {
    const facts = factsIn(loaded, client, invoice).invoice;
    expect(facts?.grossHundredths).toBe(2380n);
    expect(facts?.lines.map((one) => one.withTaxHundredths)).toEqual([1189n, 1191n]);
  }
});

test('a client’s country, gateway and first day are facts; a zero date is none', async () => {
  const anna = await addClient(where, {
    since: '2024-02-29',
    country: 'DE',
    gateway: 'banktransfer',
  });
  const ben = await addClient(where);
  const loaded = await loadFactsOf(db, { clients: [anna, ben], needs: [] });
  expect(factsIn(loaded, anna).client).toMatchObject({
    createdOn: '2024-02-29',
    country: 'DE',
    defaultGateway: 'banktransfer',
  });
  expect(factsIn(loaded, ben).client).toMatchObject({
    createdOn: null,
    country: '',
    defaultGateway: '',
  });
});
