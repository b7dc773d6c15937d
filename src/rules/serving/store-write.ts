/** What credit can be reserved for: an invoice, or the invoices of one of these. */
export const reservable = ['invoice', 'service', 'addon', 'domain'] as const;

export interface ReservedFor {
  readonly kind: (typeof reservable)[number];
  readonly id: number;
}

/** What a decision writes into our own tables; whoever writes it adds client, rule and fact. */
export type StoreWrite =
  | {
      readonly write: 'reservation';
      readonly amountHundredths: bigint;
      readonly reservedFor: string;
      readonly for: ReservedFor | null;
      readonly untilOn: string | null;
      readonly untilFact: string | null;
    }
  | {
      readonly write: 'use';
      /** The fact of the reservation that is used. */
      readonly fact: string;
      readonly amountHundredths: bigint;
    }
  | {
      readonly write: 'parking';
      readonly amountHundredths: bigint;
      readonly grantId: bigint | null;
      /** The invoice whose payment became this credit. */
      readonly invoiceId: number | null;
      readonly reason: string;
      readonly untilOn: string | null;
    }
  | {
      readonly write: 'release';
      /** The fact that it was parked under. */
      readonly parkedFact: string;
      readonly because: string;
    }
  | { readonly write: 'freeze'; readonly reason: string };
