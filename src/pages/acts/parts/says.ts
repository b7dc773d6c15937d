import { good, warn } from '../../html/flash.ts';

/** What several acts say. */

export const ASKED = good('WHMCS was asked to do it. Its answer appears under Commands.');

export const NOTED = warn(
  'WHMCS was asked to do it. A rule had something to say about it, which is noted: its command, below, shows it. What is done by hand is not limited.',
);

export const WAITS = warn(
  'It is above the approval amount, so it waits under Approvals until another admin agrees.',
);

export const SAVED_WITH_LIMITS = good(
  'Saved. WHMCS is setting its own limits to the widest of these, because only its own limits are enforced everywhere.',
);
