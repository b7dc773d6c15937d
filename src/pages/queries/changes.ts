import type { Transaction } from 'kysely';
import { commandParameters } from '../../../bridge/index.ts';
import { rolePermissions } from '../../api/index.ts';
import { noClients, urgencies, type WantedCommand, writeCommands } from '../../commands/index.ts';
import type { Database } from '../../db/index.ts';
import { clip, toMoment } from '../../db/index.ts';
import { bumpSettingsVersion, saveSettingsLayer } from '../../settings/index.ts';
import { confirmDay } from '../../today/index.ts';
import type { Changes, ConfigurationValue } from '../ports.ts';
import type { ReconcileChanges } from '../reconcile-ports.ts';

/** Widths of columns. */
const REASON_MAX = 255;
const TARGET_MAX = 190;

/** What an admin changes, written in the caller's transaction. */
export function createChanges(
  trx: Transaction<Database>,
  newId: () => string,
): Omit<Changes, keyof ReconcileChanges> {
  return {
    saveLayer: (change) => saveSettingsLayer(trx, change),

    async removeLayer({ rule, layer, layerId, by, reason, at }) {
      const { numDeletedRows } = await trx
        .deleteFrom('mod_creditbridge_rule_settings')
        .where('rule', '=', rule)
        .where('layer', '=', layer)
        .where('layer_id', '=', layerId)
        .executeTakeFirstOrThrow();
      if (numDeletedRows === 0n) {
        return;
      }
      await trx
        .insertInto('mod_creditbridge_rule_settings_history')
        .values({
          rule,
          layer,
          layer_id: layerId,
          mode: 'removed',
          settings: '{}',
          version: await bumpSettingsVersion(trx),
          changed_by: by,
          changed_at: toMoment(at),
          reason: clip(reason, REASON_MAX),
        })
        .execute();
    },

    async resumeRule(rule) {
      await trx.deleteFrom('mod_creditbridge_rule_faults').where('rule', '=', rule).execute();
      await bumpSettingsVersion(trx);
    },

    confirmDay: (date) => confirmDay(trx, date),

    async acknowledgeNotice(fact, by, at) {
      await trx
        .updateTable('mod_creditbridge_notices')
        .set({ seen_at: toMoment(at), seen_by: by })
        .where('fact', '=', fact)
        .where('seen_at', 'is', null)
        .execute();
    },

    async setConfiguration(values, token, at) {
      const wanted = values.map((value) => settingCommand(value, newId(), token));
      await writeCommands(trx, noClients, wanted, at);
    },

    async addApiToken({ id, adminId, name, scopes, sha256, at }) {
      const admin = await trx
        .selectFrom('tbladmins')
        .select('roleid')
        .where('id', '=', adminId)
        .executeTakeFirst();
      const role = admin?.roleid ?? 0;
      const permissions = (await rolePermissions(trx, [role])).get(role) ?? [];
      await trx
        .insertInto('mod_creditbridge_api_tokens')
        .values({
          id,
          admin_id: adminId,
          name,
          token_sha256: sha256,
          scopes: scopes.join(' '),
          role_id: role,
          role_permissions: permissions.join(','),
          created_at: toMoment(at),
          last_used_at: null,
          revoked_at: null,
        })
        .execute();
    },

    async revokeApiToken(id, adminId, at) {
      const token = await trx
        .selectFrom('mod_creditbridge_api_tokens')
        .select('admin_id')
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (token === undefined || (adminId !== undefined && token.admin_id !== adminId)) {
        return undefined;
      }
      await trx
        .updateTable('mod_creditbridge_api_tokens')
        .set({ revoked_at: toMoment(at) })
        .where('id', '=', id)
        .execute();
      return token.admin_id;
    },

    async audit({ actor, act, target, details, at }) {
      await trx
        .insertInto('mod_creditbridge_audit')
        .values({
          id: newId(),
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

/** The token is part of the fact, so a form that is sent twice asks once. */
function settingCommand(value: ConfigurationValue, id: string, token: string): WantedCommand {
  const parameters = commandParameters.SetConfigurationValue.parse(value);
  return {
    id,
    fact: `whmcs-setting:${value.setting}:${token}`,
    clientId: null,
    invoiceId: null,
    rule: 'whmcs-settings',
    call: { action: 'SetConfigurationValue', parameters },
    expects: {},
    amountHundredths: 0n,
    holdHundredths: 0n,
    urgency: urgencies.setting,
    terms: null,
  };
}
