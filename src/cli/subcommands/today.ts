import { newId } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import { actorName } from '../../operations/index.ts';
import { confirmDay } from '../../pages/index.ts';
import { readToday, tellDoubt } from '../../today/index.ts';
import { actingAdmin } from '../acting-admin.ts';
import type { Command } from '../command-context.ts';
import { withParts } from '../with-parts.ts';

export interface TodayOptions {
  /** A doubtful date that is right. */
  readonly confirm?: string;
}

/** Says which day it is for WHMCS, or confirms a date that is doubtful. */
export const todayCommand: Command<TodayOptions> = ({ confirm }, { env, terminal }) =>
  withParts(env, async (parts) => {
    const { date, zone, doubt } = await readToday(parts.db);
    if (confirm === undefined) {
      terminal.out(`It is ${date} in ${zone}.`);
      if (doubt === null) return exitCodes.ok;
      terminal.err(tellDoubt(doubt));
      return exitCodes.problem;
    }
    const admin = await actingAdmin(env, parts, 'propose');
    if (admin.kind === 'nobody') {
      terminal.err(admin.why);
      return exitCodes.problem;
    }
    const actor = actorName(admin);
    const by = { db: parts.db, newId, actor, token: newId(), at: new Date() };
    if ((await confirmDay(by, confirm)) === 'not-asked') {
      terminal.err(`Nothing was done: nobody asks whether today is ${confirm}.`);
      return exitCodes.problem;
    }
    terminal.out(`Confirmed: it is ${confirm}. The next call of WHMCS's cron plans its run.`);
    return exitCodes.ok;
  });
