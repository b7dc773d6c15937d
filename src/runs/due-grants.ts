import type { Found, Tell, When } from '../deciding/index.ts';
import { allBatches, type EachAlone, type ItemName } from '../periodic/index.ts';

/** A grant with a rest whose last day is over or whose deposit was refunded. */
export interface DueGrant {
  readonly id: bigint;
  readonly clientId: number;
  /** Why it is due: its last day, or the deposit that was refunded. */
  readonly why:
    | { readonly kind: 'expired'; readonly expiresOn: string }
    | { readonly kind: 'refunded'; readonly invoiceId: number };
}

export interface DueGrantsDependencies {
  /** The day: only credit that expired before it may be taken. Null while nothing may be taken. */
  readonly when: () => Promise<When | null>;
  /** Whether a rule listens to any of these points. */
  readonly isHeard: (point: string) => Promise<boolean>;
  readonly expired: (
    localDate: string,
    after: bigint,
    limit: number,
  ) => Promise<readonly DueGrant[]>;
  readonly refunded: (
    localDate: string,
    after: bigint,
    limit: number,
  ) => Promise<readonly DueGrant[]>;
  readonly tell: Tell;
  readonly eachAlone: EachAlone;
}

/** Grants in one transaction: as many questions as half a second answers. */
const PAGE_GRANTS = 500;

/**
 * Tells the rules about every due grant. It runs again and again: a removal that became stale because its client spent in the
 * same second is planned again from the new rest, and a completed one leaves nothing due. Grants of a list share a transaction;
 * one that fails stops none of the others.
 *
 * @returns the number of commands written.
 */
export async function tellDueGrants(dependencies: DueGrantsDependencies): Promise<number> {
  const { when, isHeard, expired, refunded, tell, eachAlone } = dependencies;
  const now = await when();
  if (now === null) return 0;
  let commands = 0;
  const tellAll = (name: string, read: (after: bigint) => Promise<readonly DueGrant[]>) =>
    eachAlone.together({ name, nameOf }, allBatches(read, 0n, idOf), async (grants) => {
      commands += (await tell(grants.map(toFound), now)).commands;
    });
  if (await isHeard('GrantExpiring')) {
    await tellAll('expired-grant', (after) => expired(now.localDate, after, PAGE_GRANTS));
  }
  if (await isHeard('InvoiceRefunded')) {
    await tellAll('refunded-grant', (after) => refunded(now.localDate, after, PAGE_GRANTS));
  }
  return commands;
}

const idOf = ({ id }: DueGrant) => id;

function nameOf({ id, clientId }: DueGrant): ItemName {
  return {
    id: String(id),
    clientId,
    invoiceId: null,
    what: `Deciding about grant ${id} of client #${clientId}, which is due,`,
  };
}

function toFound({ id, clientId, why }: DueGrant): Found {
  if (why.kind === 'refunded') {
    const { invoiceId } = why;
    return {
      causedBy: null,
      occurrence: {
        name: 'InvoiceRefunded',
        data: { invoiceid: invoiceId },
        clientId,
        invoiceId,
        target: `invoice:${invoiceId}`,
      },
    };
  }
  return {
    causedBy: null,
    occurrence: {
      name: 'GrantExpiring',
      target: `grant:${id}`,
      clientId,
      invoiceId: null,
      data: { grantId: id, expiresOn: why.expiresOn },
    },
  };
}
