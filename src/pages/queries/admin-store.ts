import { settleFinding } from '../../books/index.ts';
import type { Db } from '../../db/index.ts';
import { inTransaction, toMoment } from '../../db/index.ts';
import { readToday } from '../../today/index.ts';
import type { AdminStore, Installation } from '../ports.ts';
import { listApiTokens, listOthersApiTokens } from './api-tokens.ts';
import { createChanges } from './changes.ts';
import {
  clientCommands,
  commandCounts,
  commandsById,
  configurationCommands,
  findCommand,
  listCommands,
} from './commands.ts';
import { decisionsOfInvoice, findDecision, latestDecisions, listDecisions } from './decisions.ts';
import { findDelivery, listDeliveries } from './deliveries.ts';
import { figuresSince, latestRun, openNotices, readBacklog, refusedSince } from './overview.ts';
import {
  findLayer,
  installationLayers,
  layerHistory,
  listFaults,
  listLayers,
} from './rule-layers.ts';
import {
  findClient,
  findInvoice,
  listAdminNames,
  listClientGroups,
  listCurrencies,
} from './whmcs.ts';

/** What the pages read and change. Each method is one query or a few, whatever the size of the tables. */
export function createAdminStore(db: Db, newId: () => string): AdminStore {
  return {
    installation: () => findInstallation(db),
    today: () => readToday(db),
    currencies: () => listCurrencies(db),
    clientGroups: () => listClientGroups(db),

    backlog: () => readBacklog(db),
    commandCounts: () => commandCounts(db),
    latestRun: () => latestRun(db),
    figuresSince: (since) => figuresSince(db, since),
    refusedSince: (since) => refusedSince(db, since),
    faults: () => listFaults(db),
    openNotices: (limit) => openNotices(db, limit),

    installationLayers: (rules) => installationLayers(db, rules),
    layer: (rule, layer, layerId) => findLayer(db, rule, layer, layerId),
    layers: (rule, limit) => listLayers(db, rule, limit),
    history: (rule, layer, limit) => layerHistory(db, rule, layer, limit),

    deliveries: (filter, after) => listDeliveries(db, filter, after),
    delivery: (id) => findDelivery(db, id),

    decisions: (filter, after) => listDecisions(db, filter, after),
    latestDecisions: (limit) => latestDecisions(db, limit),
    decision: (id) => findDecision(db, id),
    decisionsOfInvoice: (invoiceId, limit) => decisionsOfInvoice(db, invoiceId, limit),

    commands: (filter, after) => listCommands(db, filter, after),
    command: (id) => findCommand(db, id),
    clientCommands: (clientId, limit) => clientCommands(db, clientId, limit),
    configurationCommands: (limit) => configurationCommands(db, limit),
    commandsOf: (decisionIds) => commandsById(db, decisionIds),

    apiTokens: (adminId, limit) => listApiTokens(db, adminId, limit),
    othersApiTokens: (adminId, after) => listOthersApiTokens(db, adminId, after),
    adminNames: () => listAdminNames(db),

    invoice: (id) => findInvoice(db, id),
    client: (id) => findClient(db, id),

    once: (token, at, work) =>
      inTransaction(db, async (trx) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('mod_creditbridge_once_tokens')
          .ignore()
          .values({ token, used_at: toMoment(at) })
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 1n) {
          return 'repeated';
        }
        await work({
          ...createChanges(trx, newId),
          settleFinding: (fact, told) => settleFinding(trx, fact, told),
        });
        return 'done';
      }),
  };
}

async function findInstallation(db: Db): Promise<Installation | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_settings')
    .select(['state', 'schema_number as schemaNumber', 'frozen', 'whmcs'])
    .select(['manifest_number as manifestNumber', 'breaker_open_until as breakerOpenUntil'])
    .select(['breaker_reason as breakerReason', 'service_url as serviceUrl'])
    .select('acting_admin as actingAdmin')
    .where('id', '=', 1)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, frozen: row.frozen === 1 };
}
