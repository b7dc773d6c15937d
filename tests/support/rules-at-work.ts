import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { newId } from '../../src/base/index.ts';
import { createLogger } from '../../src/base/logger.ts';
import { type CreditAtWork, creditAtWork } from './credit-at-work.ts';
import { expectCoherentLedger } from './expect-coherent-ledger.ts';
import { gift } from './gift.ts';
import { type Installation, startInstallation } from './installation.ts';
import { expectNoPhpFaults } from './look-for-faults.ts';
import { createPeople, type People } from './people.ts';
import { postAct, saveRule } from './save-rule.ts';
import { grantAgain } from './service-account.ts';
import { settleLedger, waitForLedger } from './settle-ledger.ts';
import { visitAsAdmin, visitAsClient } from './stand-in-visitor.ts';
import { testDatabaseServer } from './test-database-server.ts';
import { addClient } from './whmcs-rows.ts';

/** A client who can log in. */
export interface Who {
  readonly id: number;
  readonly email: string;
}

/** The whole system, in which rules meet what happens; what the tests of several rules do with it. */
export interface RulesAtWork {
  readonly installation: Installation;
  readonly people: People;
  readonly credit: CreditAtWork;
  /** The service's code in this process, beside the service itself. */
  readonly parts: Parts;
  settle(): Promise<void>;
  /** From here on the stand-in keeps invoices as WHMCS 9 does. */
  becomeNine(): Promise<void>;
  /** Our rule puts credit on invoices whenever it can, or never. */
  useCredit(mode: 'off' | 'on'): Promise<void>;
  /** A deposit that the client paid by card. @returns its invoice */
  deposit(who: Pick<Who, 'email'>, amount: string): Promise<number>;
  /** The gateway tells WHMCS of a payment, under a transaction id of its own if none is given. */
  payByGateway(invoiceId: number, amount: string, transaction?: string): Promise<void>;
  /** 5.00 of work and 10.00 for a domain, with 20 % tax: 18.00. @returns the invoice */
  invoiceWithDomain(clientId: number): Promise<number>;
  /** An order by the classic cart: 25.00 USD a month. @returns the page after it */
  order(
    who: Pick<Who, 'email'>,
    fields?: Readonly<Record<string, string>>,
  ): Promise<{ readonly body: string; readonly path: string }>;
  /** Promotional credit until a day, given by an admin. */
  giveUntil(clientId: number, amount: string, expiresOn: string): Promise<void>;
  /** Deposits of 10.00, 11.00 and 12.00, paid in a mass payment, by staff, and through the API. @returns their invoices */
  depositInOtherWays(who: Who): Promise<readonly number[]>;
  /** Tries on an invoice of 0.01 how credit leaves it, as the admin does on the page Connection. @returns what the page says */
  tryReturning(): Promise<string>;
  freeze(clientId: number): Promise<void>;
  unfreezeAll(): Promise<void>;
  /** What is parked of a client's credit, such as `parked 5000`. */
  parkingsOf(clientId: number): Promise<readonly string[]>;
  /** Waits until they are so. */
  expectParkings(clientId: number, expected: readonly string[]): Promise<void>;
  /** What a rule told the admins about an invoice. */
  toldOf(rule: string, invoiceId: number): Promise<readonly string[]>;
}

/** How the system begins. */
export interface Beginning {
  readonly whmcs?: string;
  /** WHMCS's rows, before the service first reads them. */
  readonly rows?: (root: Installation['database']['root']) => Promise<unknown>;
}

/**
 * Starts the system for the tests of a file, or of a part of it. After each test the books are checked; at the end everything is stopped.
 *
 * @param prepare what is to be so before the tests begin, such as rules that are on
 */
export function rulesAtWork(
  prepare: (at: RulesAtWork) => Promise<unknown> = async () => undefined,
  { whmcs = '8.13', rows = async () => undefined }: Beginning = {},
): RulesAtWork {
  let installation: Installation | undefined;
  let people: People | undefined;
  let parts: Parts | undefined;

  const at: RulesAtWork = {
    get installation() {
      return begun(installation);
    },
    get people() {
      return begun(people);
    },
    get credit() {
      return creditAtWork(at.installation, at.people);
    },
    get parts() {
      return begun(parts);
    },
    settle: () => settleLedger(at.installation),
    async becomeNine() {
      await at.installation.standIn.setSwitch('ledger', '9.x');
      await grantAgain(at.installation.database);
      await at.installation.work();
    },
    useCredit: (mode) =>
      saveRule(at.installation.standIn, 'auto-apply', {
        mode,
        inputs: { atCreation: 'on', onDueDate: 'on', whenCreditArrives: 'on', dueOffsetDays: '0' },
      }),
    async deposit({ email }, amount) {
      const invoice = await at.people.deposit(email, amount);
      await at.people.pay(email, invoice, amount);
      return invoice;
    },
    async payByGateway(invoiceId, amount, transaction = newId()) {
      await at.installation.standIn.api('AddInvoicePayment', {
        invoiceid: String(invoiceId),
        transid: transaction,
        gateway: 'standincard',
        amount,
      });
    },
    invoiceWithDomain: (clientId) => invoiceWithDomain(at.installation, clientId),
    async order({ email }, fields = {}) {
      const client = await visitAsClient(at.installation.standIn, email);
      const page = 'cart.php?a=checkout&pid=2&billingcycle=Monthly';
      await client.get(page);
      return client.post(page, {
        pid: '2',
        billingcycle: 'Monthly',
        paymentmethod: 'standincard',
        ...fields,
      });
    },
    async giveUntil(clientId, amount, expiresOn) {
      await at.parts.operations.propose(gift(clientId, amount, expiresOn), {
        actor: { kind: 'admin', adminId: 1 },
        reason: 'A gift',
        at: new Date(),
      });
      await at.settle();
    },
    async depositInOtherWays({ id, email }) {
      const { people } = at;
      const together = await people.deposit(email, '10.00');
      await people.payTogether(email, [together, await people.invoice(id, '5.00')], '15.00');
      const byStaff = await people.deposit(email, '11.00');
      await people.onInvoice(byStaff, 'addpayment', { amount: '11.00', gateway: 'standincard' });
      const byApi = await people.deposit(email, '12.00');
      await at.payByGateway(byApi, '12.00');
      return [together, byStaff, byApi];
    },
    async tryReturning() {
      const client = await addClient(at.installation.database.root);
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      const fields = { client: String(client) };
      return (await postAct(admin, 'connection', 'trial-return', fields)).body;
    },
    async freeze(clientId) {
      await at.installation.database.query(
        `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
         VALUES (?, 'test', 'test', UTC_TIMESTAMP(6))`,
        [clientId],
      );
    },
    async unfreezeAll() {
      await at.installation.database.query('DELETE FROM mod_creditbridge_frozen_clients');
    },
    async parkingsOf(clientId) {
      const rows = await at.installation.database.query<{ state: string; amount: number }>(
        'SELECT state, CAST(amount_hundredths AS SIGNED) AS amount FROM mod_creditbridge_parkings WHERE client_id = ? ORDER BY id',
        [clientId],
      );
      return rows.map(({ state, amount }) => `${state} ${amount}`);
    },
    async expectParkings(clientId, expected) {
      await expect
        .poll(
          async () => {
            await at.settle();
            await at.parts.operations.lookAfterParkings(new Date());
            return at.parkingsOf(clientId);
          },
          { timeout: 60_000, interval: 200 },
        )
        .toEqual(expected);
      await at.settle();
    },
    async toldOf(rule, invoiceId) {
      const rows = await at.installation.database.query<{ text: string }>(
        'SELECT text FROM mod_creditbridge_notices WHERE invoice_id = ? AND rule = ?',
        [invoiceId, rule],
      );
      return rows.map(({ text }) => text);
    },
  };

  beforeAll(async () => {
    installation = await startInstallation(testDatabaseServer(), { whmcs, beforeService: rows });
    people = createPeople(installation);
    await prepare(at);
    await waitForLedger(installation);
    parts = await createParts(
      { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
      { log: createLogger('silent'), now: Date.now },
    );
  });

  afterEach(async () => {
    await at.settle();
    await expectCoherentLedger(at.installation.database);
    await expectNoPhpFaults(at.installation.database);
  });

  afterAll(async () => {
    await parts?.close();
    await installation?.stop();
  });

  return at;
}

function begun<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('The system runs inside tests and hooks only.');
  return part;
}

async function invoiceWithDomain(
  { standIn, database }: Installation,
  clientId: number,
): Promise<number> {
  const answer = await standIn.api('CreateInvoice', {
    userid: String(clientId),
    status: 'Unpaid',
    duedate: '2039-01-01',
    taxrate: '20.000',
    itemdescription1: 'Consulting',
    itemamount1: '5.00',
    itemtaxed1: '1',
    itemdescription2: 'example.com',
    itemamount2: '10.00',
    itemtaxed2: '1',
  });
  const id = Number(answer['invoiceid']);
  // The API cannot set the type of a line (whmcs.md §2.3).
  await database.root.query(
    "UPDATE tblinvoiceitems SET type = 'Domain' WHERE invoiceid = ? AND description = 'example.com'",
    [id],
  );
  return id;
}
