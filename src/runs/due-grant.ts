/** A grant with a rest whose last day is over or whose deposit was refunded. */
export interface DueGrant {
  readonly id: bigint;
  readonly clientId: number;
  /** Nothing can be done for its client now: the client is frozen, or has an open difference. */
  readonly isStopped: boolean;
  readonly why: Expired | Refunded;
}

interface Expired {
  readonly kind: 'expired';
  /** Its last day. */
  readonly expiresOn: string;
}

interface Refunded {
  readonly kind: 'refunded';
  /** The deposit, and the newest row of `tblaccounts` that refunds it. */
  readonly invoiceId: number;
  readonly refundId: number;
}
