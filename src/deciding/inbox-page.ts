import { sql, type Transaction } from 'kysely';
import { countWaiting, lockClients, noClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { clip, insertRows, momentOfIso, toMoment } from '../db/index.ts';
import type { Located, Subject } from '../events/index.ts';
import { SETTINGS_VERSION } from '../settings/index.ts';
import type { FactsPage, InboxPage, NewDelivery, WantedFacts } from './ports.ts';
import { recordFaults } from './record-faults.ts';
import { writeDecisions } from './write-decisions.ts';

/** What a page needs beside the database: reading WHMCS's tables, ids and the time. */
export interface InboxPageDependencies {
  readonly locate: (
    trx: Transaction<Database>,
    hooks: readonly { readonly hook: string; readonly subject: Subject }[],
  ) => Promise<Located>;
  readonly loadFacts: (trx: Transaction<Database>, wanted: WantedFacts) => Promise<FactsPage>;
  readonly newId: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Width of `message`. */
const MESSAGE_MAX = 500;

/** A page of the inbox; everything it does is part of the given transaction. */
export function createInboxPage(
  trx: Transaction<Database>,
  { locate, loadFacts, newId, now }: InboxPageDependencies,
): Omit<InboxPage, 'commit'> {
  const at = new Date(now());
  let locked = noClients;
  return {
    async add(deliveries) {
      // In the order of their key, so that two pages with the same deliveries meet at the first one.
      const sorted = deliveries.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const values = sorted.map((one) => deliveryValues(one, toMoment(at)));
      const table = 'mod_creditbridge_deliveries';
      await insertRows(trx, table, DELIVERY_COLUMNS, values);
    },

    async known(ids) {
      if (ids.length === 0) return new Map();
      const rows = await trx
        .selectFrom('mod_creditbridge_deliveries')
        .select(['id', 'item_sha256', 'outcome', 'code', 'looks'])
        .where('id', 'in', ids)
        .orderBy('id')
        .forUpdate()
        .execute();
      return new Map(
        rows.map(({ id, item_sha256, outcome, code, looks }) => [
          id,
          { sha256: item_sha256, outcome, code, looks },
        ]),
      );
    },

    async countDuplicates(ids) {
      const idsByCount = Map.groupBy(new Set(ids), (id) => ids.filter((one) => one === id).length);
      await Promise.all(
        [...idsByCount].map(([count, group]) =>
          trx
            .updateTable('mod_creditbridge_deliveries')
            .set((eb) => ({ duplicates: eb('duplicates', '+', count) }))
            .where('id', 'in', group)
            .execute(),
        ),
      );
    },

    async amend(amendments) {
      await Promise.all(
        amendments.map(({ id, outcome, code, message, looks, clientId, invoiceId }) =>
          trx
            .updateTable('mod_creditbridge_deliveries')
            .set({ outcome, code, looks, message: clip(message, MESSAGE_MAX) })
            .set({ client_id: clientId, invoice_id: invoiceId })
            .where('id', '=', id)
            .execute(),
        ),
      );
    },

    async settingsVersion() {
      const row = await trx
        .selectFrom('mod_creditbridge_state')
        .select('value')
        .where('name', '=', SETTINGS_VERSION)
        .executeTakeFirst();
      return row?.value ?? '0';
    },

    locate: (hooks) => locate(trx, hooks),

    async depths(commandIds) {
      if (commandIds.length === 0) return new Map();
      const rows = await trx
        .selectFrom('mod_creditbridge_commands')
        .select(['id', 'depth'])
        .where('id', 'in', commandIds)
        .execute();
      return new Map(rows.map(({ id, depth }) => [id, depth]));
    },

    async lockClients(clientIds) {
      locked = await lockClients(trx, clientIds);
    },

    loadFacts: (wanted) => loadFacts(trx, wanted),

    async rememberChoices(choices) {
      await insertRows(
        trx,
        'mod_creditbridge_invoice_choices',
        ['invoice_id', 'client_id', 'choice', 'delivery_id', 'chosen_at'],
        choices.map((one) => [
          one.invoiceId,
          one.clientId,
          one.choice,
          one.deliveryId,
          toMoment(at),
        ]),
        {
          onDuplicate:
            'choice = VALUES(choice), delivery_id = VALUES(delivery_id), chosen_at = VALUES(chosen_at)',
        },
      );
    },

    async liveFacts(facts) {
      if (facts.length === 0) return new Set();
      const { rows } = await sql<{ fact: string }>`
        SELECT live_fact AS fact FROM mod_creditbridge_commands WHERE live_fact IN (${sql.join(facts)})
        UNION ALL
        SELECT fact FROM mod_creditbridge_notices WHERE fact IN (${sql.join(facts)})`.execute(trx);
      return new Set(rows.map(({ fact }) => fact));
    },

    write: (planned) => writeDecisions(trx, planned, { locked, at, newId }),
    recordFaults: (faults) => recordFaults(trx, faults, at),
    waiting: () => countWaiting(trx, at),
  };
}

const DELIVERY_COLUMNS = [
  'id',
  'type',
  'item_sha256',
  'item',
  'outcome',
  'code',
  'message',
  'client_id',
  'invoice_id',
  'caused_by',
  'fired_at',
  'received_at',
  'looks',
] as const;

function deliveryValues(one: NewDelivery, receivedAt: string): readonly unknown[] {
  return [
    one.id,
    one.type,
    one.sha256,
    one.item,
    one.outcome,
    one.code,
    clip(one.message, MESSAGE_MAX),
    one.clientId,
    one.invoiceId,
    one.causedBy,
    one.firedAt === null ? receivedAt : momentOfIso(one.firedAt),
    receivedAt,
    one.looks,
  ];
}
