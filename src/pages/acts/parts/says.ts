import { good, warn } from '../../html/flash.ts';

/** What several acts say. */

export const ASKED = good('WHMCS is asked for it; what it answers stands under the command.');

export const WAITS = warn(
  'It is above the approval amount, so it waits under Approvals until another admin agrees.',
);

export const SAVED_WITH_LIMITS = good(
  'Saved. WHMCS’s own limits are being set to the outermost of these, since only those are enforced everywhere.',
);
