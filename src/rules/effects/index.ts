import { apply } from './apply.ts';
import { cancel } from './cancel.ts';
import { forgive } from './forgive.ts';
import { freeze } from './freeze.ts';
import { grant } from './grant.ts';
import { mail } from './mail.ts';
import { notify } from './notify.ts';
import { park } from './park.ts';
import { release } from './release.ts';
import { remove } from './remove.ts';
import { reserve } from './reserve.ts';
import { returns } from './return.ts';

/**
 * Every kind of effect, one file each. Wishes of one client are served in this order: an invoice that is cancelled gets no
 * credit, nor does one that gives credit back; what is parked or reserved is not spent, and a mail comes after the effects it reports.
 */
export const effects = [
  cancel,
  returns,
  park,
  reserve,
  apply,
  forgive,
  remove,
  grant,
  release,
  freeze,
  mail,
  notify,
] as const;
