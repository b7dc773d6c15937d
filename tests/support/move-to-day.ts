import { addonPath, postAct } from './save-rule.ts';
import type { StandIn } from './stand-in.ts';
import { visitAsAdmin } from './stand-in-visitor.ts';

/**
 * Sets WHMCS's clock, and has an admin confirm the date where the addon asks: the database's clock goes on as before.
 *
 * @param moment as {@link StandIn.setClock} takes it.
 */
export async function moveToDay(
  standIn: Pick<StandIn, 'url' | 'setClock'>,
  moment: string,
): Promise<void> {
  await standIn.setClock(moment);
  await confirmDay(standIn);
}

/** An admin confirms WHMCS's date on the Overview, where the addon asks. */
export async function confirmDay(standIn: Pick<StandIn, 'url'>): Promise<void> {
  const admin = await visitAsAdmin(standIn, 'admin');
  const overview = await admin.get(addonPath('overview'));
  if (overview.body.includes('value="confirm-day"'))
    await postAct(admin, 'overview', 'confirm-day');
}
