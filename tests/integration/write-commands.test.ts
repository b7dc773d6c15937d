import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { InvariantError } from '../../src/base/index.ts';
import {
  lockClients,
  noClients,
  urgencies,
  type WantedCommand,
  writeCommands,
} from '../../src/commands/index.ts';
import { connect, inTransaction } from '../../src/db/index.ts';
import { homeOfAction, ownActionOf } from '../../src/rules/settle/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl);
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
beforeEach(async () => {
  await database.query('DELETE FROM mod_creditbridge_commands');
  await database.query('DELETE FROM mod_creditbridge_command_terms');
});

const AT = new Date('2026-11-22T10:00:00.000Z');

const removal = (): WantedCommand => ({
  id: newId(),
  fact: 'take-back:7',
  clientId: 5,
  invoiceId: 9,
  rule: 'reconcile',
  call: {
    action: 'AddCredit',
    parameters: { clientid: 5, description: 'Taken back', amount: '12.50', type: 'remove' },
  },
  expects: { balanceAtLeast: '12.50' },
  amountHundredths: 1250n,
  holdHundredths: 1250n,
  urgency: urgencies.takeBack,
  terms: {
    kind: 'take-back',
    act: { do: 'take-back', returns: 7n },
    invoiceId: 9,
    actor: 'service:reconcile',
    reason: 'Invoice #9 is open again',
    operationId: null,
  },
});

const application = (): WantedCommand => ({
  ...removal(),
  fact: 'auto-apply:invoice:9',
  call: { action: 'ApplyCredit', parameters: { invoiceid: 9, amount: '12.50', noemail: false } },
  terms: null,
});

const takingOff = (): WantedCommand => ({
  ...removal(),
  fact: 'operation:off',
  call: { action: 'UnapplyCredit', parameters: { invoiceid: 9, amount: '12.50' } },
  expects: { invoiceStatus: 'Unpaid', trial: 'takes-off' },
  holdHundredths: 0n,
  terms: null,
});

const returning = (): WantedCommand => ({
  ...removal(),
  fact: 'operation:return',
  call: {
    action: 'AddCredit',
    parameters: { clientid: 5, description: 'Returned', amount: '12.50', type: 'add' },
  },
  expects: { invoiceStatus: 'Cancelled', trial: 'cancelling-keeps' },
  holdHundredths: 0n,
  terms: {
    kind: 'return',
    act: { do: 'return' },
    invoiceId: 9,
    actor: 'admin:1',
    reason: 'As agreed',
    operationId: null,
  },
});

const setting = (): WantedCommand => ({
  ...removal(),
  fact: 'whmcs-setting:AddFundsEnabled:1',
  clientId: null,
  invoiceId: null,
  call: {
    action: 'SetConfigurationValue',
    parameters: { setting: 'AddFundsEnabled', value: 'on' },
  },
  expects: {},
  amountHundredths: 0n,
  holdHundredths: 0n,
  terms: null,
});

const write = (wanted: readonly WantedCommand[], clientIds: readonly number[] = [5]) =>
  inTransaction(db, async (trx) =>
    writeCommands(trx, await lockClients(trx, clientIds), wanted, AT),
  );

const commands = () =>
  database.query<Record<string, unknown>>('SELECT * FROM mod_creditbridge_commands ORDER BY id');
const terms = () => database.query('SELECT * FROM mod_creditbridge_command_terms');

test('a command is written with its live fact, its time and its terms', async () => {
  const one = removal();
  const decisionId = newId();
  await write([
    {
      ...one,
      cause: { decisionId, causedBy: null, depth: 2 },
      delaySeconds: 90,
      requiresFact: 'operation:1',
    },
  ]);
  expect(await commands()).toMatchObject([
    {
      id: one.id,
      fact: 'take-back:7',
      live_fact: 'take-back:7',
      client_id: 5,
      invoice_id: 9,
      action: 'AddCredit',
      rule: 'reconcile',
      decision_id: decisionId,
      depth: 2,
      urgency: 0,
      not_before: '2026-11-22 10:01:30.000000',
      after_fact: null,
      requires_fact: 'operation:1',
      state: 'open',
      created_at: '2026-11-22 10:00:00.000000',
    },
  ]);
  expect(await terms()).toMatchObject([
    {
      command_id: one.id,
      kind: 'take-back',
      act: '{"do":"take-back","returns":"7"}',
      invoice_id: 9,
      actor: 'service:reconcile',
      reason: 'Invoice #9 is open again',
      operation_id: null,
    },
  ]);
});

test('a setting concerns no client and needs no lock', async () => {
  await inTransaction(db, (trx) => writeCommands(trx, noClients, [setting()], AT));
  expect(await commands()).toMatchObject([{ client_id: 0, amount_hundredths: 0 }]);
});

test('texts for WHMCS are made storable, and a long reason is clipped', async () => {
  const home = homeOfAction('SendEmail');
  const sendEmail = home && ownActionOf(home);
  if (sendEmail === undefined) throw new TypeError('No effect sends mails.');
  const one = removal();
  const mail = {
    ...setting(),
    id: newId(),
    fact: 'mail:9',
    clientId: 5,
    call: {
      own: sendEmail,
      parameters: {
        customtype: 'invoice',
        customsubject: ' Your\ncredit 😀 [cb:1] ',
        custommessage: '<p>Two\n lines</p>',
        id: 9,
      },
    },
  } as const satisfies WantedCommand;
  const invoice = {
    ...mail,
    id: newId(),
    fact: 'invoice:9',
    call: {
      action: 'CreateInvoice',
      parameters: {
        userid: 5,
        lines: [{ description: 'Top-up\n😀', amount: '5.00', taxed: false }],
        addfunds: true,
        sendinvoice: false,
      },
    },
  } as const satisfies WantedCommand;
  await write([
    {
      ...one,
      call: {
        action: 'AddCredit',
        parameters: {
          clientid: 5,
          description: `Bonus\n😀 [CB:${one.id}] ${'x'.repeat(600)}`,
          amount: '12.50',
          type: 'remove',
        },
      },
      terms: one.terms && { ...one.terms, reason: 'y'.repeat(501) },
    },
    mail,
    invoice,
  ]);
  const [first, second, third] = (await commands()).map(({ parameters }) =>
    JSON.parse(String(parameters)),
  );
  expect(first.description).toMatch(/^Bonus \(cb:[0-9a-f-]{36}\] x+$/);
  expect(first.description).toHaveLength(500);
  expect(second).toMatchObject({
    customsubject: 'Your credit (cb:1]',
    custommessage: '<p>Two\n lines</p>',
  });
  expect(third.lines).toEqual([{ description: 'Top-up', amount: '5.00', taxed: false }]);
  expect(await terms()).toMatchObject([{ reason: `${'y'.repeat(499)}…` }]);
});

test('a thousand commands take two statements, and their terms two more', async () => {
  const wanted = Array.from({ length: 1000 }, (_, index) => ({
    ...removal(),
    fact: `take-back:${index}`,
  }));
  const inserts = await inTransaction(db, async (trx) => {
    const statements = async () => {
      const { rows } = await sql<{ Value: string }>`SHOW SESSION STATUS LIKE 'Com_insert'`.execute(
        trx,
      );
      return Number(rows[0]?.Value);
    };
    const locked = await lockClients(trx, [5]);
    const before = await statements();
    await writeCommands(trx, locked, wanted, AT);
    return (await statements()) - before;
  });
  expect(inserts).toBe(4);
  expect(await commands()).toHaveLength(1000);
});

describe('what may not reach WHMCS undoes the transaction', () => {
  const changed =
    (change: Partial<WantedCommand>, of = removal) =>
    () => ({ ...of(), ...change });
  const call = (members: Record<string, unknown>, of = removal) => {
    const one = of();
    const parameters = { ...one.call.parameters, ...members };
    return () => ({ ...one, call: { ...one.call, parameters } }) as WantedCommand;
  };
  const withTerms = (members: Record<string, unknown>) => {
    const one = removal();
    return () => ({ ...one, terms: { ...one.terms, ...members } }) as WantedCommand;
  };
  const size = (hundredths: bigint, text: string) => () => ({
    ...call({ amount: text })(),
    amountHundredths: hundredths,
    holdHundredths: hundredths,
  });

  test.each<[string, () => WantedCommand, () => WantedCommand]>([
    ['a fact beyond ASCII', changed({ fact: 'café:7' }), changed({ fact: 'cafe:7' })],
    ['a fact with a space', changed({ fact: 'take back' }), changed({ fact: 'take~back' })],
    ['no fact', changed({ fact: '' }), changed({ fact: 'x' })],
    [
      'a fact wider than its column',
      changed({ fact: 'f'.repeat(191) }),
      changed({ fact: 'f'.repeat(190) }),
    ],
    ['such an afterFact', changed({ afterFact: 'é' }), changed({ afterFact: 'e' })],
    ['such a requiresFact', changed({ requiresFact: 'é' }), changed({ requiresFact: 'e' })],
    ['a client that is not locked', changed({ clientId: 6 }), removal],
    ['no client', changed({ clientId: null }), removal],
    ['no amount', size(0n, '0.00'), size(1n, '0.01')],
    ['a negative amount', size(-1250n, '-12.50'), removal],
    [
      'an amount beyond DECIMAL(16,2)',
      size(10_000_000_000_000_000n, '100000000000000.00'),
      size(9_999_999_999_999_999n, '99999999999999.99'),
    ],
    ['another amount in its parameters', call({ amount: '12.51' }), removal],
    ['another client in its parameters', call({ clientid: 6 }), removal],
    ['another invoice in its parameters', call({ invoiceid: 8 }, application), application],
    ['less held than it takes', changed({ holdHundredths: 1249n }), removal],
    ['more held than its amount', changed({ holdHundredths: 1251n }), removal],
    [
      'a hold on credit that is given',
      call({ type: 'add' }),
      () => ({ ...call({ type: 'add' })(), holdHundredths: 0n }),
    ],
    [
      'a hold without credit that is taken',
      changed({ amountHundredths: 1n, holdHundredths: 1n }, setting),
      setting,
    ],
    ['parameters that the shim does not take', call({ type: 'steal' }), removal],
    ['terms of an unknown kind', withTerms({ kind: 'gift' }), withTerms({ kind: 'manual' })],
    [
      'terms that the ledger cannot read',
      withTerms({ act: { do: 'take-back', returns: -7n } }),
      removal,
    ],
    [
      'credit taken off an invoice without the trial that has shown it',
      () => ({ ...takingOff(), expects: { invoiceStatus: 'Unpaid' } }),
      takingOff,
    ],
    [
      'credit taken off an invoice that need not be unpaid',
      () => ({ ...takingOff(), expects: { trial: 'takes-off' } }),
      takingOff,
    ],
    [
      'credit returned from an invoice that need not be closed',
      () => ({ ...returning(), expects: { ...returning().expects, invoiceStatus: 'Paid' } }),
      returning,
    ],
    [
      'credit returned where WHMCS may give it back itself',
      () => ({ ...returning(), expects: { invoiceStatus: 'Refunded' } }),
      () => ({ ...returning(), expects: { ...returning().expects, invoiceStatus: 'Refunded' } }),
    ],
    ['terms of nobody', withTerms({ actor: '' }), withTerms({ actor: 'rule:x' })],
    [
      'an actor wider than its column',
      withTerms({ actor: 'a'.repeat(65) }),
      withTerms({ actor: 'a'.repeat(64) }),
    ],
  ])('%s', async (_, invalid, valid) => {
    const before = { ...removal(), fact: 'before' };
    const failure = await write([before, invalid()]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvariantError);
    expect(failure).toMatchObject({ code: 'command-invalid' });
    expect([await commands(), await terms()]).toEqual([[], []]);
    await write([before, valid()]);
    expect(await commands()).toHaveLength(2);
  });
});
