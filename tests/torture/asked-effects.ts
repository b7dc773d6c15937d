import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { grantsOf } from '../support/look-at-credit.ts';
import { saveRule } from '../support/save-rule.ts';
import { waitForLedger } from '../support/settle-ledger.ts';
import { addClient, addInvoice, addPayment } from '../support/whmcs-rows.ts';
import { readEffects } from './effects.ts';
import type { Ground } from './ground.ts';
import { newClient } from './jobs.ts';
import { JudgeError } from './judge.ts';
import type { Random } from './random.ts';
import { settle } from './settle.ts';

/** The folder with the rule. */
export const ASKING_RULES = join(import.meta.dirname, '../fixtures/asks-effects');

/** Effects that become rows of ours, or more than one command: what the service writes of them has to be whole, too. */
export const askedEffects = ['reserve', 'park', 'release', 'freeze', 'forgive', 'return'] as const;
export type AskedEffect = (typeof askedEffects)[number];

/** What each client has to begin with, known to the ledger. */
const CREDIT = '50.00';
const ON_INVOICE = '20.00';
interface Prepared {
  readonly client: number;
  readonly invoice: number;
}

/** All that there is of a client afterwards, once; money as the database's triggers saw it. */
interface Outcome {
  readonly balance: readonly string[];
  readonly applied: readonly string[];
  readonly reserved: readonly string[];
  readonly parked: readonly string[];
  readonly frozen: readonly string[];
  /** Rows of the audit about a freeze. */
  readonly audited: number;
  /** Decisions of the rule that did something. */
  readonly decided: number;
  readonly remaining: readonly number[];
}

const BEFORE: Outcome = {
  balance: [CREDIT],
  applied: [],
  reserved: [],
  parked: [],
  frozen: [],
  audited: 0,
  decided: 1,
  remaining: [5000],
};

/** What there has to be once the effect was asked for, however often it is told and whoever is killed. */
const AFTER: Readonly<Record<AskedEffect, (invoice: number) => Outcome>> = {
  reserve: () => ({ ...BEFORE, reserved: ['30.00 for a test'] }),
  park: () => ({
    ...BEFORE,
    balance: [CREDIT, '-20.00'],
    parked: ['parked 20.00'],
    remaining: [3000],
  }),
  release: () => ({
    ...BEFORE,
    balance: [CREDIT, '-20.00', '20.00'],
    parked: ['given-back 20.00'],
    decided: 2,
  }),
  freeze: () => ({ ...BEFORE, frozen: ['rule:asks-effects: A test.'], audited: 1 }),
  forgive: (invoice) => ({
    ...BEFORE,
    balance: [CREDIT, '0.01', '-0.01'],
    applied: [`${invoice} 0.01`],
    remaining: [5000, 0],
  }),
  return: (invoice) => ({
    ...BEFORE,
    balance: [CREDIT, `-${ON_INVOICE}`, ON_INVOICE],
    applied: [`${invoice} ${ON_INVOICE}`],
  }),
};

type PreparedAll = Readonly<Record<AskedEffect, Prepared>>;
type LookAfter = () => Promise<unknown>;

/** What an effect of this kind leaves behind, once. */
export function wantedOf(effect: AskedEffect, invoice: number): Outcome {
  return AFTER[effect](invoice);
}

/** For each effect a client with credit, and what it needs besides. */
export async function prepare(ground: Ground, lookAfter: LookAfter): Promise<PreparedAll> {
  const { standIn, database } = ground.installation;
  const { root } = database;
  const clients = {} as Record<AskedEffect, Prepared>;
  for (const effect of askedEffects) {
    const client = await addClient(root);
    const parameters = { clientid: client, description: 'A test', amount: CREDIT, type: 'add' };
    await standIn.localApi('AddCredit', parameters);
    clients[effect] = { client, invoice: 0 };
  }
  await waitForLedger(ground.installation);

  const { forgive, release, return: returned } = clients;
  const rest = await addInvoice(root, { client: forgive.client, total: '10.00' });
  await addPayment(root, { client: forgive.client, invoice: rest, amountIn: '9.99' });

  const cancelled = await addInvoice(root, { client: returned.client, total: '60.00' });
  const applied = { invoiceid: cancelled, amount: ON_INVOICE, noemail: true };
  await standIn.localApi('ApplyCredit', applied);
  await standIn.localApi('UpdateInvoice', { invoiceid: cancelled, status: 'Cancelled' });

  await fire(ground, [{ ...release, effect: 'park' }]);
  const { parked } = AFTER.park(0);
  while (!isDeepStrictEqual((await outcomeOf(ground, release.client, lookAfter)).parked, parked));
  return {
    ...clients,
    forgive: { client: forgive.client, invoice: rest },
    return: { client: returned.client, invoice: cancelled },
  };
}

/** Effects that are rows of ours and nothing else, so they need nothing but a client. */
const rowEffects = ['reserve', 'freeze'] as const;

/** What was asked for a new client in a random round. */
export interface AskedRow {
  readonly effect: (typeof rowEffects)[number];
  readonly client: number;
}

/** Asks for one of them, for a new client. */
export async function askForRow(ground: Ground, random: Random): Promise<AskedRow> {
  const effect = random.pick(rowEffects);
  const client = await newClient(ground);
  await fire(ground, [{ client, invoice: 0, effect }]);
  return { effect, client };
}

/** Throws {@link JudgeError} unless it was done once; a freeze may be over by then. */
export async function judgeRow(ground: Ground, { effect, client }: AskedRow): Promise<void> {
  const [count] = await ground.query<{ reserved: number; audited: number; answered: number }>(
    `SELECT (SELECT COUNT(*) FROM mod_creditbridge_reservations WHERE client_id = ? AND amount_hundredths = 3000) AS reserved,
       (SELECT COUNT(*) FROM mod_creditbridge_audit WHERE target = CONCAT('client:', ?) AND act = 'client-freeze') AS audited,
       (SELECT COUNT(*) FROM mod_creditbridge_answered_facts WHERE fact = CONCAT('asks-effects:freeze:client:', ?)) AS answered`,
    [client, client, client],
  );
  const freezes = effect === 'freeze' ? 1 : 0;
  const wanted = { reserved: 1 - freezes, audited: freezes, answered: freezes };
  if (!isDeepStrictEqual({ ...count }, wanted)) {
    throw new JudgeError(`${effect} for client ${client} left ${JSON.stringify(count)} behind.`);
  }
}

/** Turns on the rule that proposes what its hook names. */
export async function startAsking({ installation }: Ground): Promise<void> {
  await saveRule(installation.standIn, 'asks-effects', { mode: 'on', inputs: {} });
  // The next call brings the new list of hooks to the addon.
  await installation.work();
}

/** Asks for each effect, all by one process of WHMCS. */
export async function askFor(ground: Ground, prepared: PreparedAll): Promise<void> {
  await fire(
    ground,
    askedEffects.map((effect) => ({ ...prepared[effect], effect })),
  );
}

/** Fires the hooks in a process of WHMCS, which sends them at its end. */
async function fire(
  ground: Ground,
  asked: readonly (Prepared & { readonly effect: AskedEffect })[],
): Promise<void> {
  const hooks = asked.map(
    ({ client, invoice, effect }) =>
      `run_hook('TestAsks', ['clientid' => ${client}, 'invoiceid' => ${invoice}, 'effect' => '${effect}']);`,
  );
  writeFileSync(
    join(ground.installation.standIn.root, 'ask.php'),
    `<?php require __DIR__ . '/init.php'; ${hooks.join(' ')}`,
  );
  await ground.php('ask.php', []).process.exited;
}

/** Starts everything again, lets it settle, and reads what there is. */
export async function outcomeOf(
  ground: Ground,
  client: number,
  lookAfter: LookAfter,
): Promise<Outcome> {
  await settle(ground);
  await waitForLedger(ground.installation);
  await lookAfter();
  const rows = async (sql: string) =>
    (await ground.query<{ text: string }>(sql, [client])).map(({ text }) => text);
  const [count] = await ground.query<{ audited: number; decided: number }>(
    `SELECT (SELECT COUNT(*) FROM mod_creditbridge_audit WHERE target = CONCAT('client:', ?)) AS audited,
       (SELECT COUNT(*) FROM mod_creditbridge_decisions WHERE client_id = ? AND rule = 'asks-effects' AND outcome = 'effect') AS decided`,
    [client, client],
  );
  const { balance, applied } = await readEffects(ground, client, []);
  return {
    balance,
    applied,
    reserved: await rows(
      `SELECT CONCAT(CAST(amount_hundredths / 100 AS DECIMAL(10, 2)), ' for ', reserved_for) AS text
       FROM mod_creditbridge_reservations WHERE client_id = ?`,
    ),
    parked: await rows(
      `SELECT CONCAT(state, ' ', CAST(amount_hundredths / 100 AS DECIMAL(10, 2))) AS text
       FROM mod_creditbridge_parkings WHERE client_id = ?`,
    ),
    frozen: await rows(
      `SELECT CONCAT(frozen_by, ': ', reason) AS text FROM mod_creditbridge_frozen_clients WHERE client_id = ?`,
    ),
    audited: Number(count?.audited),
    decided: Number(count?.decided),
    remaining: (await grantsOf(ground.installation.database, client)).map(({ remaining }) =>
      Number(remaining),
    ),
  };
}
