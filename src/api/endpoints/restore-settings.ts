import { z } from 'zod';
import { readSnapshot } from '../../../bridge/index.ts';
import { writeAudit } from '../../audit/index.ts';
import { newId } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type ConfigurationValue, hasNoCap, outerLimits } from '../../operations/index.ts';
import { versionToRestore } from '../../settings/index.ts';
import { adminOf } from '../api-call.ts';
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
      .regex(/^[a-z][a-z0-9-]{0,63}$/, 'The id of a rule is wanted, such as deposit-bonus.')
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
      withoutCap: z
        .boolean()
        .default(false)
        .describe('It is meant that nothing caps what the rule may give a client in a period.'),
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
      about: 'Save an earlier version of a rule’s settings again, with the checks of every change.',
      places: ['rule', 'version'],
      example: 'deposit-bonus 3 --reason "Too much was used"',
      tell: ({ rule, version, waitsFor }) => [
        waitsFor === null
          ? `Version ${version} of ${rule} is restored. It applies from the next decision on.`
          : `Version ${version} of ${rule} waits for a second admin, as ${waitsFor}. Until then the present settings apply.`,
      ],
    },
  ],
  refuses: [
    'rule-unknown',
    'version-unknown',
    'settings-changed',
    'settings-invalid',
    'cap-missing',
    'amount-too-large',
    'by-hand-only',
  ],
  async answer({ params: { rule }, body, caller }, context, refuse) {
    const { db, rules, validateSettings, operations, now } = context;
    const { version, withoutCap, reason } = body;
    const info = rules().find(({ id }) => id === rule);
    if (info === undefined) {
      const known = rules().map(({ id }) => id);
      throw refuse('rule-unknown', `There is no rule ${rule}. There are: ${known.join(', ')}.`);
    }
    const address = addressOf(body);
    const found = await versionToRestore(db, { rule, ...address }, version, info.defaults);
    if (found === 'absent') {
      throw refuse(
        'version-unknown',
        `The settings of ${rule} for ${whom(body)} never had a version ${version}. The page of the rule lists those they had.`,
      );
    }
    if (found === 'unreadable') {
      throw refuse(
        'settings-invalid',
        `Version ${version} cannot be read, because no version of Credit Bridge wrote it. Restore another one, or save the settings anew on the page of the rule.`,
      );
    }
    const { mode, effective, modeNow, versionNow: basedOn } = found;
    const settings = { ...found.settings };
    const verdict = await validateSettings(rule, effective);
    if (!verdict.ok) {
      const problems = verdict.problems.map(({ path, message }) => `${path || rule}: ${message}`);
      throw refuse(
        'settings-invalid',
        `Version ${version} does not fit the rule as it is now (${problems.join('; ')}). Restore another one, or save the settings anew on the page of the rule.`,
      );
    }
    if (mode === 'on' && modeNow !== 'on' && hasNoCap(verdict.givesAtMost) && !withoutCap) {
      throw refuse(
        'cap-missing',
        `Version ${version} turns ${rule} on, and nothing caps what it may give one client in a period. If that is meant, say so with withoutCap (--without-cap on the command line): the version then waits until a second admin agrees. Else restore a version with a cap.`,
      );
    }
    const change = { rule, ...address, now: { mode, settings } };
    const whmcs = await readWhmcsSettings(db);
    const limits = await outerLimits(db, { rules, validateSettings }, change, whmcs);
    if (limits.length > 0) throw refuse('by-hand-only', whyByHand(version, limits, whmcs));
    const told = `Version ${version} restored${reason === '' ? '' : `: ${reason}`}`;
    const actor = adminOf({ caller });
    const at = now();
    const changed = await operations.changeRule(
      { ...change, basedOn },
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
    if (changed.outcome === 'refused') throw refuse(changed.code, changed.message);
    const waitsFor = changed.outcome === 'waits-for-approval' ? changed.id : null;
    return { rule, version, waitsFor };
  },
});

interface Whose {
  readonly groupId?: number | undefined;
  readonly clientId?: number | undefined;
}

function addressOf({ groupId, clientId }: Whose) {
  if (clientId !== undefined) return { layer: 'client', layerId: clientId } as const;
  if (groupId !== undefined) return { layer: 'group', layerId: groupId } as const;
  return { layer: 'installation', layerId: 0 } as const;
}

function whom({ groupId, clientId }: Whose): string {
  if (clientId !== undefined) return `client #${clientId}`;
  return groupId === undefined ? 'everyone' : `client group #${groupId}`;
}

/** WHMCS's own settings as the addon last told them; none before it did. */
async function readWhmcsSettings(db: Db): Promise<Readonly<Record<string, string | null>>> {
  const row = await db
    .selectFrom('mod_creditbridge_settings')
    .select('whmcs')
    .where('id', '=', 1)
    .executeTakeFirst();
  return readSnapshot(row?.whmcs ?? '')?.settings ?? {};
}

/** WHMCS's own limits follow these settings, and no token proves the right to change those. */
function whyByHand(
  version: number,
  limits: readonly ConfigurationValue[],
  whmcs: Readonly<Record<string, string | null>>,
): string {
  const wanted = limits.map(
    ({ setting, value }) => `${setting} ${value} (now ${whmcs[setting] || 'not set'})`,
  );
  return `Nothing was changed. WHMCS’s own limits follow these settings, and no token may set them; with version ${version} they are: ${wanted.join(', ')}. Set them in WHMCS, under General Settings, Credit, and ask again after the next call of its cron. Or restore the version on the page of the rule, which sets them as well.`;
}
