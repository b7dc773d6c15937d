import { z } from 'zod';
import { writeAudit } from '../../audit/index.ts';
import { newId } from '../../base/index.ts';
import { versionToRestore } from '../../settings/index.ts';
import { adminOf } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { none } from '../read-parameters.ts';
import { rowId, settingsRestored } from '../schemas.ts';

export const restoreSettings = defineApiEndpoint({
  name: 'restoreSettings',
  method: 'post',
  path: '/rules/{rule}/restore',
  scope: 'propose',
  summary: 'Saves an earlier version of a rule’s settings again, with the checks of every change.',
  params: z.strictObject({
    rule: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/, 'The id of a rule is wanted, such as cashback.')
      .describe('The id of the rule.'),
  }),
  query: none,
  body: z
    .strictObject({
      version: rowId.describe('The number in the history.'),
      groupId: rowId.optional().describe('The settings of this client group.'),
      clientId: rowId
        .optional()
        .describe('The settings of this client; for everyone when neither.'),
      reason: z.string().trim().max(250).default('').describe('Why; shown in the history.'),
    })
    .refine(({ groupId, clientId }) => groupId === undefined || clientId === undefined, {
      path: ['clientId'],
      error: 'Settings are for a group or for a client, not for both.',
    }),
  response: settingsRestored,
  cli: [
    {
      name: 'settings restore',
      places: ['rule', 'version'],
      example: 'cashback 3 --reason "Too much was used"',
      tell: ({ rule, version, waitsFor }) => [
        waitsFor === null
          ? `Version ${version} of ${rule} is restored. It applies from the next decision on.`
          : `Version ${version} of ${rule} waits for a second admin, as ${waitsFor}. Until then the present settings apply.`,
      ],
    },
  ],
  async answer({ params: { rule }, body, caller }, context) {
    const { db, rules, validateSettings, operations, now } = context;
    const { version, groupId, clientId } = body;
    const info = rules().find(({ id }) => id === rule);
    if (info === undefined) throw new ApiError('not-found', `There is no rule ${rule}.`);
    if (info.hasOuterLimits) {
      throw new ApiError(
        'by-hand-only',
        `WHMCS’s own limits follow the settings of ${rule}: restore them on the page of the rule.`,
      );
    }
    const address =
      clientId !== undefined
        ? { layer: 'client' as const, layerId: clientId }
        : groupId !== undefined
          ? { layer: 'group' as const, layerId: groupId }
          : { layer: 'installation' as const, layerId: 0 };
    const found = await versionToRestore(db, { rule, ...address }, version, info.defaults);
    if (found === 'absent') {
      throw new ApiError('not-found', `There is no version ${version} of these settings.`);
    }
    if (found === 'unreadable') {
      throw new ApiError('settings-invalid', `Version ${version} cannot be read.`);
    }
    const { mode, settings, effective, modeNow, versionNow: basedOn } = found;
    const verdict = await validateSettings(rule, effective);
    if (!verdict.ok) {
      const problem = verdict.problems[0]?.message ?? '';
      throw new ApiError(
        'settings-invalid',
        `Version ${version} does not fit the rule. ${problem}`,
      );
    }
    const hasNoCap = Object.values(verdict.givesAtMost ?? {}).some((most) => most === null);
    if (mode === 'on' && modeNow !== 'on' && hasNoCap) {
      throw new ApiError(
        'settings-invalid',
        `Version ${version} turns ${rule} on without a cap for a period: say on the page of the rule that this is meant.`,
      );
    }
    const told = `Version ${version} restored${body.reason === '' ? '' : `: ${body.reason}`}`;
    const actor = adminOf({ caller });
    const at = now();
    const changed = await operations.changeRule(
      { rule, ...address, now: { mode, settings: { ...settings } }, basedOn },
      { actor, reason: told, at, token: newId() },
      (trx) =>
        writeAudit(trx, {
          id: newId(),
          actor: `admin:${actor.adminId}`,
          act: 'rule-settings',
          target: `${rule}:${address.layer}:${address.layerId}`,
          details: { mode, settings, reason: told, limits: [] },
          at,
        }),
    );
    if (changed.outcome === 'refused') throw new ApiError(changed.code, changed.message);
    const waitsFor = changed.outcome === 'waits-for-approval' ? changed.id : null;
    return { rule, version, waitsFor };
  },
});
