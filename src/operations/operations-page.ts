import type { Transaction } from 'kysely';
import { z } from 'zod';
import { lockClients, noClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { clip, toMoment } from '../db/index.ts';
import { readToday } from '../today/index.ts';
import {
  approvalAmountsChangedSince,
  readApprovalAmounts,
  saveApprovalAmounts,
} from './approval-amounts.ts';
import { addApproval, decideApproval, toApproval } from './approvals.ts';
import { operation } from './operation.ts';
import type { OperationsPage } from './ports.ts';
import { repairInOperation } from './repair-in-operation.ts';
import { grantStanding, standingOf } from './standing.ts';
import { writeOperationCommands } from './write-commands.ts';

/** Widths of columns. */
const TARGET_MAX = 190;
const FINDING_MAX = 1000;
const SETTINGS_REASON_MAX = 255;

const proposal = z.object({ operation });

/** What a manual operation does in its transaction. */
export function createOperationsPage(
  trx: Transaction<Database>,
  newId: () => string,
): OperationsPage {
  let locked = noClients;
  return {
    async lockClients(clientIds) {
      locked = await lockClients(trx, clientIds);
    },

    async useToken(token, at) {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('mod_creditbridge_once_tokens')
        .ignore()
        .values({ token, used_at: toMoment(at) })
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },

    async installation() {
      const { date: today } = await readToday(trx);
      const row = await trx
        .selectFrom('mod_creditbridge_settings')
        .select(['state', 'halted', 'frozen'])
        .where('id', '=', 1)
        .executeTakeFirst();
      const [state, halted, frozen] = [row?.state ?? 'new', row?.halted ?? '', row?.frozen === 1];
      return { state, halted, frozen, today };
    },

    clients: (clientIds, look) => standingOf(trx, clientIds, look),
    grant: (id) => grantStanding(trx, id),

    async known(id) {
      const row = await trx
        .selectFrom('mod_creditbridge_audit')
        .select('details')
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return proposal.safeParse(JSON.parse(row.details)).data?.operation ?? null;
    },

    approvalAmounts: (forChange) => readApprovalAmounts(trx, forChange),
    approvalAmountsChangedSince: (at) => approvalAmountsChangedSince(trx, at),
    saveApprovalAmounts: (amounts, change) => saveApprovalAmounts(trx, amounts, change),

    async approval(id) {
      const row = await trx
        .selectFrom('mod_creditbridge_approvals')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? undefined : toApproval(row);
    },
    addApproval: (approval) => addApproval(trx, approval),
    decideApproval: (id, decision) => decideApproval(trx, id, decision),

    async isAsked(fact) {
      const row = await trx
        .selectFrom('mod_creditbridge_commands')
        .select('id')
        .where('live_fact', '=', fact)
        .executeTakeFirst();
      return row !== undefined;
    },
    writeCommands: (commands, at) => writeOperationCommands(trx, locked, commands, at, newId),

    async freeze(clientId, { by, reason, at }) {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('mod_creditbridge_frozen_clients')
        .ignore()
        .values({ client_id: clientId, reason, frozen_by: by, frozen_at: toMoment(at) })
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },

    async unfreeze(clientId) {
      const { numDeletedRows } = await trx
        .deleteFrom('mod_creditbridge_frozen_clients')
        .where('client_id', '=', clientId)
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },

    async saveLedgerSettings(settings, basedOn, { by, reason, at }) {
      const newest = await trx
        .selectFrom('mod_creditbridge_ledger_settings')
        .select(({ fn }) => fn.max('version').as('version'))
        .executeTakeFirst();
      if ((newest?.version ?? 0) !== basedOn) return false;
      await trx
        .insertInto('mod_creditbridge_ledger_settings')
        .values({
          version: basedOn + 1,
          settings,
          changed_by: by,
          reason: clip(reason, SETTINGS_REASON_MAX),
          changed_at: toMoment(at),
        })
        .execute();
      return true;
    },

    async addFinding({ fact, kind, clientId, text, open }, at) {
      await trx
        .insertInto('mod_creditbridge_findings')
        .ignore()
        .values({
          fact,
          kind,
          client_id: clientId,
          invoice_id: null,
          text: clip(text, FINDING_MAX),
          outcome: open ? 'open' : 'asked',
          found_at: toMoment(at),
          settled_at: null,
        })
        .execute();
    },

    ...repairInOperation(trx),

    async audit({ id, actor, act, target, details, at }) {
      await trx
        .insertInto('mod_creditbridge_audit')
        .values({
          id: id ?? newId(),
          actor,
          act,
          target: clip(target, TARGET_MAX),
          details: JSON.stringify(details),
          at: toMoment(at),
        })
        .execute();
    },
  };
}
