import type { Act } from '../define-act.ts';
import { acceptDrift } from './accept-drift.ts';
import { acknowledgeNotice } from './acknowledge-notice.ts';
import { allowCredit } from './allow-credit.ts';
import { approveProposal } from './approve-proposal.ts';
import { confirmShownDay } from './confirm-day.ts';
import { correctDrift } from './correct-drift.ts';
import { explainEntry } from './explain-entry.ts';
import { freezeClient } from './freeze-client.ts';
import { giveBackParked } from './give-back-parked.ts';
import { keepParked } from './keep-parked.ts';
import { leaveAlone } from './leave-alone.ts';
import { noteFreeze } from './note-freeze.ts';
import { previewRule } from './preview-rule.ts';
import { proposeOperation } from './propose-operation.ts';
import { reclaimCredit } from './reclaim-credit.ts';
import { rejectProposal } from './reject-proposal.ts';
import { removeLayer } from './remove-layer.ts';
import { replayDelivery } from './replay-delivery.ts';
import { restoreVersion } from './restore-version.ts';
import { resumeRule } from './resume-rule.ts';
import { returnCredit } from './return-credit.ts';
import { revokeToken } from './revoke-token.ts';
import { saveApprovalAmounts } from './save-approval-amounts.ts';
import { saveCreditSettings } from './save-credit-settings.ts';
import { saveGivesBackSurplus } from './save-gives-back-surplus.ts';
import { saveLedgerSettings } from './save-ledger-settings.ts';
import { saveRule } from './save-rule.ts';
import { saveSurplusLimits } from './save-surplus-limits.ts';
import { setMode } from './set-mode.ts';
import { settleFinding } from './settle-finding.ts';
import { stopPreview } from './stop-preview.ts';
import { unfreezeClient } from './unfreeze-client.ts';
import { withdrawProposal } from './withdraw-proposal.ts';

/** All acts that forms can ask for. */
export const acts: readonly Act[] = [
  acceptDrift,
  acknowledgeNotice,
  allowCredit,
  leaveAlone,
  approveProposal,
  confirmShownDay,
  correctDrift,
  explainEntry,
  freezeClient,
  giveBackParked,
  keepParked,
  noteFreeze,
  previewRule,
  proposeOperation,
  reclaimCredit,
  rejectProposal,
  removeLayer,
  replayDelivery,
  restoreVersion,
  resumeRule,
  returnCredit,
  revokeToken,
  saveApprovalAmounts,
  saveCreditSettings,
  saveGivesBackSurplus,
  saveLedgerSettings,
  saveRule,
  saveSurplusLimits,
  setMode,
  settleFinding,
  stopPreview,
  unfreezeClient,
  withdrawProposal,
];
