import type { StoreWrite } from '../rules/settle/index.ts';

/** What a decision of a rule writes into our own store. */
export interface DecidedWrite {
  readonly clientId: number;
  readonly currencyId: number;
  readonly rule: string;
  /** The fact of the decision: what is reserved or parked is known by it. */
  readonly fact: string;
  readonly decisionId: string;
  readonly write: StoreWrite;
}

export type WriteOf<Kind extends StoreWrite['write']> = Extract<
  StoreWrite,
  { readonly write: Kind }
>;
