import type { z } from 'zod';
import { lookAtNotes } from '../db/index.ts';
import { answerOnce } from './answer-once.ts';
import type { ApiCall } from './api-call.ts';
import type { CliForm } from './cli-form.ts';
import type { ApiContext } from './context.ts';
import type { Scope } from './scopes.ts';

type Schema = z.ZodType;

/** What an endpoint answers: JSON, or rows of a CSV file. */
export type ApiAnswer = JsonAnswer | CsvAnswer;

export interface JsonAnswer {
  readonly kind: 'json';
  readonly status: number;
  readonly body: unknown;
  /** Whether this was answered before, under the same Idempotency-Key; then nothing was done. */
  readonly isRepeat: boolean;
}

export interface CsvAnswer {
  readonly kind: 'csv';
  readonly fileName: string;
  readonly table: CsvTable;
}

/** A CSV file: its columns, known before there is a row, and parts of its rows. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly CsvRow[]>;
}
export type CsvRow = Readonly<Record<string, CsvCell>>;
export type CsvCell = string | number | null;

/** One endpoint, its types hidden inside. From it come the route, its description in openapi.json, and its commands. */
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
  /** The commands that call it; none for what is decided on the addon page or by programs. */
  readonly cli: readonly CliForm<unknown>[];
  answer(call: ApiCall<unknown, unknown, unknown>, context: ApiContext): Promise<ApiAnswer>;
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
    readonly cli?: readonly CliForm<z.output<R>>[];
    readonly answer: (
      call: ApiCall<z.output<P>, z.output<Q>, z.output<B>>,
      context: ApiContext,
    ) => Promise<z.output<R>>;
  },
): ApiEndpoint {
  const { body, status = 200, takesIdempotencyKey = false, cli = [], answer, ...rest } = endpoint;
  const act = async (call: ApiCall<unknown, unknown, unknown>, context: ApiContext) => {
    // The call may be the first that comes after an upgrade of WHMCS.
    await lookAtNotes(context.db);
    return answer(call as Parameters<typeof answer>[0], context);
  };
  return {
    ...rest,
    body,
    status,
    takesIdempotencyKey,
    cli: cli as readonly CliForm<unknown>[],
    async answer(call, context) {
      const { said, isRepeat } = takesIdempotencyKey
        ? await answerOnce(endpoint.name, call, context, act)
        : { said: await act(call, context), isRepeat: false };
      return { kind: 'json', status, body: said, isRepeat };
    },
  };
}

/** Declares an endpoint that answers a CSV file, however long. */
export function defineExport<P extends Schema, Q extends Schema>(
  endpoint: Omit<Declared<P, Q, Schema>, 'method' | 'scope' | 'body'> & {
    readonly cli: CliForm<never>;
    readonly file: (
      query: z.output<Q>,
      context: ApiContext,
    ) => Promise<{ readonly fileName: string; readonly table: CsvTable }>;
  },
): ApiEndpoint {
  const { file, cli, ...rest } = endpoint;
  return {
    ...rest,
    method: 'get',
    scope: 'read',
    body: undefined,
    response: 'csv',
    status: 200,
    takesIdempotencyKey: false,
    cli: [cli as CliForm<unknown>],
    async answer({ query }, context) {
      await lookAtNotes(context.db);
      const { fileName, table } = await file(query as z.output<Q>, context);
      return { kind: 'csv', fileName, table };
    },
  };
}
