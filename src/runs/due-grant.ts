/** A grant with a rest whose last day is over, or a grant whose payment went back. */
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
  /** The invoice that it follows, and how much of its money went back. */
  readonly invoiceId: number;
  readonly moneyBackHundredths: bigint;
}
