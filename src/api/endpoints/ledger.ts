import { z } from 'zod';
import type { Liability } from '../../ledger/index.ts';
import { ApiError } from '../api-error.ts';
import { type ApiEndpoint, defineApiEndpoint } from '../define-api-endpoint.ts';
import type { ApiPorts } from '../ports.ts';
import { createPresent, presentEpoch } from '../present.ts';
import {
  clientParams,
  entryQuery,
  grantParams,
  grantQuery,
  none,
  pagedBy,
  sequenceCursor,
  sequenceParams,
} from '../read-parameters.ts';
import { refuseFuture } from '../refuse-future.ts';
import * as schemas from '../schemas.ts';

/** What the ledger says: balances, entries, grants, liability. */
export const ledgerEndpoints: readonly ApiEndpoint[] = [
  defineApiEndpoint({
    name: 'getLedger',
    method: 'get',
    path: '/ledger',
    scope: 'read',
    summary: 'Where the ledger stands.',
    params: none,
    query: none,
    response: schemas.ledgerState,
    answer: async (_call, { ledger }) => {
      const epoch = await ledger.epoch();
      if (epoch === undefined) throw notAdopted();
      return presentEpoch(epoch);
    },
  }),
  defineApiEndpoint({
    name: 'getBalance',
    method: 'get',
    path: '/clients/{clientId}/balance',
    scope: 'read',
    summary: 'What a client has, may spend, and what is held.',
    params: clientParams,
    query: none,
    response: schemas.balance,
    answer: async ({ params: { clientId } }, ports) => {
      const [client, accounts, present] = await Promise.all([
        ports.operationsReader.balance(clientId),
        ports.ledger.accounts(clientId),
        createPresent(ports),
      ]);
      if (client === undefined) {
        throw new ApiError('client-unknown', `There is no client #${clientId}.`);
      }
      return present.balance(client, accounts);
    },
  }),
  defineApiEndpoint({
    name: 'listEntries',
    method: 'get',
    path: '/entries',
    scope: 'read',
    summary: 'Entries of the current epoch, newest first.',
    params: none,
    query: z.strictObject({ ...entryQuery, ...pagedBy(sequenceCursor) }),
    response: schemas.entryList,
    answer: async ({ query: { cursor, limit, ...filter } }, ports) => {
      const listing = await ports.ledger.entries(entryFilter(filter), cursor, limit);
      const present = await createPresent(ports);
      return { entries: listing.rows.map(present.entry), next: listing.next ?? null };
    },
  }),
  defineApiEndpoint({
    name: 'getEntry',
    method: 'get',
    path: '/entries/{sequence}',
    scope: 'read',
    summary: 'An entry with the grants it drew.',
    params: sequenceParams,
    query: none,
    response: schemas.entryDetail,
    answer: async ({ params: { sequence } }, ports) => {
      const detail = await ports.ledger.entry(BigInt(sequence));
      if (detail === undefined) {
        throw new ApiError('entry-unknown', `There is no entry ${sequence}.`);
      }
      return (await createPresent(ports)).entryDetail(detail);
    },
  }),
  defineApiEndpoint({
    name: 'listGrants',
    method: 'get',
    path: '/grants',
    scope: 'read',
    summary: 'Grants of the current epoch, newest first.',
    params: none,
    query: z.strictObject({ ...grantQuery, ...pagedBy(sequenceCursor) }),
    response: schemas.grantList,
    answer: async ({ query: { cursor, limit, ...filter } }, ports) => {
      const listing = await ports.ledger.grants(grantFilter(filter), cursor, limit);
      const present = await createPresent(ports);
      return { grants: listing.rows.map(present.grant), next: listing.next ?? null };
    },
  }),
  defineApiEndpoint({
    name: 'getGrant',
    method: 'get',
    path: '/grants/{id}',
    scope: 'read',
    summary: 'A grant with what was drawn from it.',
    params: grantParams,
    query: none,
    response: schemas.grantDetail,
    answer: async ({ params: { id } }, ports) => {
      const detail = await ports.ledger.grant(BigInt(id));
      if (detail === undefined) throw new ApiError('grant-unknown', `There is no grant ${id}.`);
      return (await createPresent(ports)).grantDetail(detail);
    },
  }),
  defineApiEndpoint({
    name: 'getLiability',
    method: 'get',
    path: '/liability',
    scope: 'read',
    summary: 'What clients could still spend at the end of a day, by currency, kind and age.',
    params: none,
    query: z.strictObject({ day: schemas.day }),
    response: schemas.liability,
    answer: async ({ query: { day } }, ports) => {
      return (await createPresent(ports)).liability(await findLiability(day, ports));
    },
  }),
];

/** @throws {ApiError} `request-invalid` for a day to come, `not-adopted` */
export async function findLiability(day: string, ports: ApiPorts): Promise<Liability> {
  const message = await refuseFuture(day, ports);
  if (message !== undefined) {
    throw new ApiError('request-invalid', message, { issues: [{ at: 'day', message }] });
  }
  const found = await ports.ledger.liability(day);
  if (found === undefined) throw notAdopted();
  return found;
}

function notAdopted(): ApiError {
  return new ApiError(
    'not-adopted',
    "WHMCS's credit log is not adopted yet; the addon page shows how far it came.",
  );
}

type EntryParameters = z.output<z.ZodObject<typeof entryQuery>>;
type GrantParameters = z.output<z.ZodObject<typeof grantQuery>>;

export function entryFilter({ client, invoice, kind, from, to }: EntryParameters) {
  return { clientId: client, invoiceId: invoice, kind, fromDay: from, toDay: to };
}

export function grantFilter({ client, kind, remaining }: GrantParameters) {
  return { clientId: client, kind, remainingOnly: remaining };
}
