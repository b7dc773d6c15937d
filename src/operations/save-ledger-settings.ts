import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import type { Database } from '../db/index.ts';
import { clip, toMoment } from '../db/index.ts';
import { type LedgerSettings, ledgerSettings } from '../ledger/index.ts';
import { actorName } from './actor.ts';
import type { Change } from './approval-amounts.ts';
import type { Asking } from './asking.ts';
import { type Refused, refused } from './refusal.ts';

/** Width of `reason`. */
const REASON_MAX = 255;

export type Saved =
  | { readonly outcome: 'saved' }
  | Refused<'settings-invalid' | 'settings-changed'>;

/** How grants are drawn from now on. */
export async function saveLedgerSettings(
  trx: Transaction<Database>,
  settings: LedgerSettings,
  { actor, reason, at, basedOn }: Asking & { readonly basedOn: number },
  newId: () => string,
): Promise<Saved> {
  const read = ledgerSettings.safeParse(settings);
  const kinds = new Set(read.data?.kindOrder);
  const criteria = new Set(read.data?.drawOrder);
  const isWhole =
    read.success &&
    kinds.size === read.data.kindOrder.length &&
    criteria.size === read.data.drawOrder.length;
  if (!isWhole) {
    return refused('settings-invalid', 'Each criterion and each kind stands in its order once.');
  }
  const by = actorName(actor);
  const text = JSON.stringify(read.data);
  if (!(await addVersion(trx, text, basedOn, { by, reason: reason.trim(), at }))) {
    return refused('settings-changed', 'Somebody changed these settings meanwhile. Look again.');
  }
  await writeAudit(trx, {
    id: newId(),
    actor: by,
    act: 'ledger-settings',
    target: 'ledger',
    details: { settings: read.data, basedOn },
    at,
  });
  return { outcome: 'saved' };
}

/** Writes the next version. Returns false when `basedOn` is not the newest any more. */
async function addVersion(
  trx: Transaction<Database>,
  settings: string,
  basedOn: number,
  { by, reason, at }: Change,
): Promise<boolean> {
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
      reason: clip(reason, REASON_MAX),
      changed_at: toMoment(at),
    })
    .execute();
  return true;
}
