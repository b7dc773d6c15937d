import type { Found, Tell, When } from '../deciding/index.ts';
import { allBatches, type EachAlone, type ItemName } from '../periodic/index.ts';
import type { Asking } from './asked-grants.ts';
import type { DueGrant } from './due-grant.ts';

/** Reads a page of due grants that the rules were not asked about yet, behind the last one of the page before. */
export type ReadDue = (
  localDate: string,
  asking: Asking,
  after: DueGrant | null,
) => Promise<readonly DueGrant[]>;

export interface DueGrantsDependencies {
  /** The day: only credit that expired before it may be taken. Null while nothing may be taken. */
  readonly when: () => Promise<When | null>;
  /** Whether a rule listens to any of these points. */
  readonly isHeard: (point: string) => Promise<boolean>;
  /** Opens again the grants for which something changed. */
  readonly begin: (localDate: string) => Promise<Asking>;
  readonly expired: ReadDue;
  readonly refunded: ReadDue;
  /** Notes that the rules were asked about these grants. */
  readonly mark: (
    kind: DueGrant['why']['kind'],
    grants: readonly DueGrant[],
    asking: Asking,
  ) => Promise<void>;
  readonly tell: Tell;
  readonly eachAlone: EachAlone;
}

/**
 * Tells the rules about due grants. Each is told of once, and again when something changed (`asked-grants.ts`): a removal that
 * became stale because its client spent in the same second is planned again from the new rest, and a completed one leaves
 * nothing due. Where a rule gave no answer, its grants are told of again by the next pass. Grants of a page share a
 * transaction; one that fails stops none of the others.
 *
 * @returns the number of commands written.
 */
export async function tellDueGrants(dependencies: DueGrantsDependencies): Promise<number> {
  const { when, isHeard, begin, expired, refunded, mark, tell, eachAlone } = dependencies;
  const now = await when();
  if (now === null) return 0;
  const kinds = [
    { kind: 'expired', name: 'expired-grant', point: 'GrantExpiring', read: expired },
    { kind: 'refunded', name: 'refunded-grant', point: 'InvoiceRefunded', read: refunded },
  ] as const;
  const heard = await Promise.all(kinds.map(({ point }) => isHeard(point)));
  const told = kinds.filter((_, index) => heard[index]);
  if (told.length === 0) return 0;
  const asking = await begin(now.localDate);
  let commands = 0;
  for (const { kind, name, read } of told) {
    const page = (after: DueGrant | null) => read(now.localDate, asking, after);
    const pages = allBatches(page, null, (last): DueGrant | null => last);
    await eachAlone.together({ name, nameOf }, pages, async (grants) => {
      const answer = await tell(grants.map(toFound), now);
      commands += answer.commands;
      if (answer.faults === 0) await mark(kind, grants, asking);
    });
  }
  return commands;
}

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
