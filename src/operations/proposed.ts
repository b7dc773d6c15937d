import type { Operation } from './operation.ts';
import type { NotProposed, Refused } from './refusal.ts';

/** What became of a wish of this kind. */
export type Proposed<Kind extends Operation['kind'] = Operation['kind']> =
  /** WHMCS is asked for it; its commands say what became of it. */
  | {
      readonly outcome: 'commanded';
      readonly id: string;
      readonly facts: readonly string[];
      /** How many rules had something to say about it; they limit nothing that is done by hand. */
      readonly noted: number;
    }
  /** A second admin has to agree; what it takes is held meanwhile. */
  | {
      readonly outcome: 'waits-for-approval';
      readonly id: string;
      readonly expiresAt: Date;
      readonly because: string;
    }
  /** It is done; WHMCS need not be asked: approval amounts were changed, or the ledger was put right. */
  | { readonly outcome: 'saved'; readonly id: string }
  /** Asked under the same id before; nothing was done again. */
  | { readonly outcome: 'exists'; readonly id: string }
  | Refused<NotProposed<Kind>>;
