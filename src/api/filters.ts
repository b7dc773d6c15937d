import type { z } from 'zod';
import type { EntryFilter, GrantFilter } from '../ledger/index.ts';
import type { entryQuery, grantQuery } from './read-parameters.ts';

type EntryParameters = z.output<z.ZodObject<typeof entryQuery>>;
type GrantParameters = z.output<z.ZodObject<typeof grantQuery>>;

export function entryFilter({ client, invoice, kind, from, to }: EntryParameters): EntryFilter {
  return { clientId: client, invoiceId: invoice, kind, fromDay: from, toDay: to };
}

export function grantFilter({ client, kind, remaining }: GrantParameters): GrantFilter {
  return { clientId: client, kind, remainingOnly: remaining };
}
