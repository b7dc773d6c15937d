import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../src/db/index.ts';
import { factsIn, loadFactsOf } from '../../support/facts-of.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import { testDatabaseServer } from '../../support/test-database-server.ts';
import {
  addAddon,
  addClient,
  addCurrencies,
  addDomain,
  addInvoice,
  addPayment,
  addProduct,
  addProductGroup,
  addService,
} from '../../support/whmcs-rows.ts';

// What a client has, and what will be asked for it (whmcs.md §5). Today is 22 November 2026.

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 2);
const where = database.root;
let group = 0;
let product = 0;

beforeAll(async () => {
  await addCurrencies(where);
  group = await addProductGroup(where, 'Servers');
  product = await addProduct(where, group, 'Small server');
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('services come with product, group, server, status, price, cycle and next due date; what is over is left out', async () => {
  const anna = await addClient(where);
  const ben = await addClient(where, { currency: 3 });
  const active = await addService(where, { client: anna, product, server: 4, amount: '9.90' });
  const late = await addService(where, {
    client: anna,
    status: 'Suspended',
    cycle: 'Semi-Annually',
    due: '2026-11-21',
  });
  const once = await addService(where, {
    client: anna,
    cycle: 'One Time',
    due: '0000-00-00',
  });
  const pending = await addService(where, { client: anna, status: 'Pending', due: null });
  for (const status of ['Terminated', 'Cancelled', 'Fraud', 'Completed']) {
    await addService(where, { client: anna, status });
  }
  const bens = await addService(where, {
    client: ben,
    amount: '1200.00',
    cycle: 'Annually',
    due: '2026-11-22',
  });
  const loaded = await loadFactsOf(db, { clients: [anna, ben], needs: ['services'] });
  expect(factsIn(loaded, anna).services).toMatchObject([
    {
      id: active,
      productId: product,
      productGroupId: group,
      serverId: 4,
      status: 'Active',
      recurringHundredths: 990n,
      cycleMonths: 1,
      dueOn: '2026-12-01',
      isOverdue: false,
      isSuspended: false,
    },
    {
      id: late,
      productId: null,
      serverId: null,
      cycleMonths: 6,
      isOverdue: true,
      isSuspended: true,
    },
    { id: once, cycleMonths: null, dueOn: null, isOverdue: false },
    { id: pending, status: 'Pending', dueOn: null, isOverdue: false },
  ]);
  expect(factsIn(loaded, ben).services).toMatchObject([
    { id: bens, recurringHundredths: 120_000n, cycleMonths: 12, isOverdue: false },
  ]);
});

test('renewals are the services, addons and domains that are overdue or fall due within 92 days, by due date', async () => {
  const anna = await addClient(where);
  const ben = await addClient(where);
  const service = await addService(where, {
    client: anna,
    product,
    amount: '9.90',
    due: '2026-12-01',
  });
  const late = await addService(where, { client: anna, status: 'Suspended', due: '2026-11-01' });
  const addon = await addAddon(where, { client: anna, service, amount: '3.00', due: '2027-02-22' });
  const domain = await addDomain(where, { client: anna, amount: '12.00', due: '2026-12-24' });
  const bens = await addDomain(where, { client: ben, due: '2026-11-22' });
  await addService(where, { client: anna, due: '2027-02-23' });
  await addService(where, { client: anna, cycle: 'Free Account', due: '2026-12-01' });
  await addService(where, { client: anna, status: 'Pending', due: '2026-12-01' });
  await addService(where, { client: anna, due: '0000-00-00' });
  await addAddon(where, { client: anna, service, status: 'Cancelled' });
  await addDomain(where, { client: anna, isLetGo: true });
  await addDomain(where, { client: anna, status: 'Expired' });
  const loaded = await loadFactsOf(db, { clients: [anna, ben], needs: ['renewals'] });
  expect(factsIn(loaded, anna).renewals).toEqual([
    {
      kind: 'service',
      id: late,
      serviceId: late,
      productId: null,
      productGroupId: null,
      dueOn: '2026-11-01',
      amountHundredths: 1000n,
      invoiceId: null,
      openHundredths: null,
    },
    {
      kind: 'service',
      id: service,
      serviceId: service,
      productId: product,
      productGroupId: group,
      dueOn: '2026-12-01',
      amountHundredths: 990n,
      invoiceId: null,
      openHundredths: null,
    },
    {
      kind: 'domain',
      id: domain,
      serviceId: null,
      productId: null,
      productGroupId: null,
      dueOn: '2026-12-24',
      amountHundredths: 1200n,
      invoiceId: null,
      openHundredths: null,
    },
    {
      kind: 'addon',
      id: addon,
      serviceId: service,
      productId: product,
      productGroupId: group,
      dueOn: '2027-02-22',
      amountHundredths: 300n,
      invoiceId: null,
      openHundredths: null,
    },
  ]);
  expect(factsIn(loaded, ben).renewals).toMatchObject([{ kind: 'domain', id: bens }]);
});

test('a renewal names the unpaid invoice that asks for it and what is left to pay on it, and no paid, cancelled or foreign one', async () => {
  const client = await addClient(where);
  const stranger = await addClient(where);
  const service = await addService(where, { client, due: '2026-12-01' });
  const other = await addService(where, { client, due: '2026-12-02' });
  const domain = await addDomain(where, { client, due: '2026-12-03' });
  const asks = (owner: number, status: string, type: string, relid: number) =>
    addInvoice(where, {
      client: owner,
      total: '10.00',
      status,
      lines: [{ type, relid, amount: '10.00' }],
    });
  await asks(client, 'Paid', 'Hosting', service);
  const invoice = await asks(client, 'Unpaid', 'Hosting', service);
  await addPayment(where, { client, invoice, amountIn: '9.70' });
  await asks(client, 'Cancelled', 'Hosting', other);
  await asks(client, 'Unpaid', 'Addon', other);
  await asks(stranger, 'Unpaid', 'Hosting', other);
  const captured = await asks(client, 'Payment Pending', 'Domain', domain);
  const loaded = await loadFactsOf(db, { clients: [client], needs: ['renewals'] });
  const { renewals } = factsIn(loaded, client);
  expect(renewals.map((one) => [one.id, one.invoiceId, one.openHundredths])).toEqual([
    [service, invoice, 30n],
    [other, null, null],
    [domain, captured, 1000n],
  ]);
});
