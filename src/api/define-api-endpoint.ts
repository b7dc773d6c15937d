import type { z } from 'zod';
import type { ApiPorts } from './ports.ts';
import type { Scope } from './scopes.ts';

/** Who calls: an admin, by a token. */
export interface Caller {
  readonly adminId: number;
  readonly tokenId: string;
}

type Schema = z.ZodType;

/** A call whose parts were read by the endpoint's schemas. */
export interface ApiCall<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** Of the header `Idempotency-Key`; '' where the endpoint takes none. */
  readonly idempotencyKey: string;
}

/** What an endpoint answers: JSON, or rows of a CSV file. */
export type ApiAnswer =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'csv'; readonly fileName: string; readonly table: CsvTable };

/** A CSV file: its columns, known before there is a row, and pages of rows. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly CsvRow[]>;
}
export type CsvRow = Readonly<Record<string, CsvCell>>;
export type CsvCell = string | number | null;

/** One endpoint, its types hidden inside. From it come the route and the description in openapi.json. */
export interface ApiEndpoint {
  readonly name: string;
  readonly method: 'get' | 'post';
  /** Below `/api/v1`, as OpenAPI writes it: `/entries/{sequence}`. */
  readonly path: string;
  readonly scope: Scope;
  readonly summary: string;
  readonly params: Schema;
  readonly query: Schema;
  readonly body: Schema | undefined;
  readonly response: Schema | 'csv';
  readonly status: number;
  readonly takesIdempotencyKey: boolean;
  answer(call: ApiCall<unknown, unknown, unknown>, ports: ApiPorts): Promise<ApiAnswer>;
}

interface Declared<P extends Schema, Q extends Schema, B extends Schema> {
  readonly name: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly scope: Scope;
  readonly summary: string;
  readonly params: P;
  readonly query: Q;
  readonly body?: B;
  readonly status?: number;
  readonly takesIdempotencyKey?: boolean;
}

/** Declares an endpoint that answers JSON: its schemas fix the types of what it is given and of what it says. */
export function defineApiEndpoint<
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  R extends Schema,
>(
  endpoint: Declared<P, Q, B> & {
    readonly response: R;
    readonly answer: (
      call: ApiCall<z.output<P>, z.output<Q>, z.output<B>>,
      ports: ApiPorts,
    ) => Promise<z.output<R>>;
  },
): ApiEndpoint {
  const { body, status = 200, takesIdempotencyKey = false, answer, ...rest } = endpoint;
  return {
    ...rest,
    body,
    status,
    takesIdempotencyKey,
    answer: async (call, ports) => ({
      kind: 'json',
      status,
      body: await answer(call as Parameters<typeof answer>[0], ports),
    }),
  };
}

/** Declares an endpoint that answers a CSV file, however long. */
export function defineExport<Q extends Schema>(
  endpoint: Omit<Declared<Schema, Q, Schema>, 'method' | 'scope' | 'params' | 'body'> & {
    readonly file: (
      query: z.output<Q>,
      ports: ApiPorts,
    ) => Promise<{ readonly fileName: string; readonly table: CsvTable }>;
  },
  params: Schema,
): ApiEndpoint {
  const { file, ...rest } = endpoint;
  return {
    ...rest,
    method: 'get',
    scope: 'read',
    params,
    body: undefined,
    response: 'csv',
    status: 200,
    takesIdempotencyKey: false,
    answer: async ({ query }, ports) => ({
      kind: 'csv',
      ...(await file(query as z.output<Q>, ports)),
    }),
  };
}
