import { expect, test } from 'vitest';
import { subjectOf } from '../../../src/events/index.ts';

const NOTHING = {
  clientId: null,
  mergedClientId: null,
  invoiceIds: [],
  orderId: null,
  transactionId: null,
};

test.each([
  ['InvoiceCreated', { invoiceid: 9 }, { invoiceIds: [9] }],
  [
    'OrderPaid',
    { orderId: 3, userId: 5, invoiceId: 9 },
    { clientId: 5, invoiceIds: [9], orderId: 3 },
  ],
  ['AfterShoppingCartCheckout', { OrderID: 3, InvoiceID: 0 }, { orderId: 3 }],
  [
    'AddTransaction',
    { id: 4, userid: 5, invoiceid: 9 },
    { clientId: 5, invoiceIds: [9], transactionId: 4 },
  ],
  ['InvoiceSplit', { originalinvoiceid: 8, newinvoiceid: 9 }, { invoiceIds: [9, 8] }],
  ['ClientAdd', { client_id: 5, user_id: 7, userid: 5 }, { clientId: 5 }],
  ['AfterClientMerge', { toUserID: 5, fromUserID: 6 }, { clientId: 5, mergedClientId: 6 }],
  ['EmailPreSend', { messagename: 'Credit Card Invoice Created', relid: 9 }, { invoiceIds: [9] }],
  ['EmailPreSend', { messagename: 'Hosting Account Welcome Email', relid: 9 }, {}],
  ['TicketOpen', { ticketid: 9, userid: '5' }, { clientId: 5 }],
  ['TicketOpen', { userid: '5 OR 1=1', invoiceid: '-3' }, {}],
  ['AfterCronJob', {}, {}],
])('%s with %j is about %j', (hook, data, expected) => {
  expect(subjectOf(hook, data)).toEqual({ ...NOTHING, ...expected });
});
