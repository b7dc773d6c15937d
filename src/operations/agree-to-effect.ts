import { sql, type Transaction } from 'kysely';
import type { EffectOperation } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { toMoment } from '../db/index.ts';
import { readToday } from '../today/index.ts';
import { type Actor, type Admin, actorName } from './actor.ts';
import { type Alone, aloneLately, noteAlone } from './alone.ts';
import { readLimits } from './approval-limits.ts';
import type { Approval } from './approvals.ts';
import type { Asking, Tools } from './asking.ts';
import { currencyChanged, type Refused, refused } from './refusal.ts';
import { whySecond } from './why-second.ts';

/**
 * An admin agrees to what a rule proposed: it is settled anew on how things stand now, and its command is written. The approval must
 * be noted as agreed to before, in the same transaction.
 *
 * Nobody proposed it, so one admin is enough, who is beside the rule. But whoever changed the settings of the rule by himself is not
 * beside it: what he agrees to counts as done by him alone.
 */
export async function agreeToEffect(
  trx: Transaction<Database>,
  approval: Approval,
  one: EffectOperation,
  { actor, at }: Asking<Actor>,
  { newId, show, carryOutAgreed }: Tools,
): Promise<readonly string[] | Refused<'currency-changed' | 'own-settings' | 'not-as-it-was'>> {
  const client = await trx
    .selectFrom('tblclients')
    .select('currency')
    .where('id', '=', one.clientId)
    .executeTakeFirst();
  if (client !== undefined && client.currency !== approval.currencyId) {
    return currencyChanged(one.clientId);
  }
  const by = actorName(actor);
  const owner =
    actor.kind === 'admin' && (await hasChangedSettings(trx, approval, one, by))
      ? actor
      : undefined;
  const own = owner && aloneOf(approval, by, at);
  const why = own && (await whyNotAlone(trx, own, owner, show));
  if (why !== undefined) return why;
  const { date: localDate, zone, whmcsVersion } = await readToday(trx);
  const done = await carryOutAgreed(trx, {
    id: approval.id,
    operation: one,
    fact: approval.fact ?? '',
    localDate,
    zone,
    whmcsVersion,
    at,
    newId,
  });
  if (done.outcome === 'refused') {
    return refused(
      'not-as-it-was',
      `It cannot be done as things stand now: ${done.because} Agree again when that has changed, or reject it.`,
    );
  }
  if (own !== undefined) await noteAlone(trx, own);
  return done.facts;
}

/** Whether this admin gave the rules that proposed it, or want somebody to agree, the settings of then or later ones. */
async function hasChangedSettings(
  trx: Transaction<Database>,
  { proposedAt }: Approval,
  { rule, askedBy }: EffectOperation,
  by: string,
): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM mod_creditbridge_rule_settings_history h
    WHERE h.rule IN (${sql.join([rule, ...askedBy])}) AND h.changed_by = ${by}
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_rule_settings_history n
        WHERE n.rule = h.rule AND n.layer = h.layer AND n.layer_id = h.layer_id
          AND n.version > h.version AND n.changed_at <= ${toMoment(proposedAt)})
    LIMIT 1`.execute(trx);
  return rows.length > 0;
}

function aloneOf(
  { id, clientId, currencyId, amountHundredths }: Approval,
  actor: string,
  at: Date,
): Alone {
  return { id, actor, clientId, currencyId: currencyId ?? 0, amountHundredths, at };
}

async function whyNotAlone(
  trx: Transaction<Database>,
  own: Alone,
  admin: Admin,
  show: Tools['show'],
): Promise<Refused<'own-settings'> | undefined> {
  const currency = await trx
    .selectFrom('tblcurrencies')
    .select('code')
    .where('id', '=', own.currencyId)
    .executeTakeFirst();
  const because = whySecond(
    own,
    await aloneLately(trx, admin, own.at),
    await readLimits(trx),
    (hundredths) => show(hundredths, currency?.code ?? ''),
  );
  if (because === undefined) return undefined;
  return refused(
    'own-settings',
    `You changed the settings of a rule that this comes from, so it counts as yours. ${because} Another admin has to agree.`,
  );
}
