import type { z } from 'zod';
import { lookAtNotes } from '../db/index.ts';
import { answerOnce } from './answer-once.ts';
import type { ApiCall } from './api-call.ts';
import { type ApiCode, ApiError, OF_EVERY_CALL, type Refuse } from './api-error.ts';
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
  /** Every code with which a call by HTTP may be refused. */
  readonly refuses: readonly ApiCode[];
  /** The commands that call it; none for what is decided on the addon page or by programs. */
  readonly cli: readonly CliForm<unknown>[];
  answer(call: ApiCall<unknown, unknown, unknown>, context: ApiContext): Promise<ApiAnswer>;
}

interface Declared<P extends Schema, Q extends Schema, B extends Schema, Code extends ApiCode> {
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
  /** The codes with which it refuses, beside those of every call. Anything else does not compile. */
  readonly refuses?: readonly Code[];
}

/** Declares an endpoint that answers JSON: its schemas fix the types of what it is given and of what it says. */
export function defineApiEndpoint<
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  R extends Schema,
  const Code extends ApiCode = never,
  const InShell extends ApiCode = never,
>(
  endpoint: Declared<P, Q, B, Code> & {
    readonly response: R;
    /** Codes that only the command line can be answered. */
    readonly refusesInShell?: readonly InShell[];
    readonly cli?: readonly CliForm<z.output<R>>[];
    readonly answer: (
      call: ApiCall<z.output<P>, z.output<Q>, z.output<B>>,
      context: ApiContext,
      refuse: Refuse<NoInfer<Code | InShell>>,
    ) => Promise<z.output<R>>;
  },
): ApiEndpoint {
  const {
    body,
    status = 200,
    takesIdempotencyKey = false,
    refuses = [],
    refusesInShell: _,
    cli = [],
    answer,
    ...rest
  } = endpoint;
  const act = async (call: ApiCall<unknown, unknown, unknown>, context: ApiContext) => {
    // The call may be the first that comes after an upgrade of WHMCS.
    await lookAtNotes(context.db);
    return answer(call as Parameters<typeof answer>[0], context, refuse);
  };
  return {
    ...rest,
    body,
    status,
    takesIdempotencyKey,
    refuses: [...OF_EVERY_CALL, ...bySending(body, takesIdempotencyKey), ...refuses],
    cli: cli as readonly CliForm<unknown>[],
    async answer(call, context) {
      const { said, isRepeat } = takesIdempotencyKey
        ? await answerOnce(endpoint.name, call, context, act)
        : { said: await act(call, context), isRepeat: false };
      return { kind: 'json', status, body: said, isRepeat };
    },
  };
}

function refuse(code: ApiCode, message: string): ApiError {
  return new ApiError(code, message);
}

/** What a call may be refused with for how it is sent. */
function bySending(body: Schema | undefined, takesIdempotencyKey: boolean): readonly ApiCode[] {
  return [
    ...(body === undefined ? [] : (['body-too-large'] as const)),
    ...(takesIdempotencyKey
      ? (['idempotency-key-missing', 'idempotency-key-reused'] as const)
      : []),
  ];
}

/** Declares an endpoint that answers a CSV file, however long. */
export function defineExport<
  P extends Schema,
  Q extends Schema,
  const Code extends ApiCode = never,
>(
  endpoint: Omit<Declared<P, Q, Schema, Code>, 'method' | 'scope' | 'body'> & {
    readonly cli: CliForm<never>;
    readonly file: (
      query: z.output<Q>,
      context: ApiContext,
      refuse: Refuse<NoInfer<Code>>,
    ) => Promise<{ readonly fileName: string; readonly table: CsvTable }>;
  },
): ApiEndpoint {
  const { file, cli, refuses = [], ...rest } = endpoint;
  return {
    ...rest,
    method: 'get',
    scope: 'read',
    body: undefined,
    response: 'csv',
    status: 200,
    takesIdempotencyKey: false,
    refuses: [...OF_EVERY_CALL, ...refuses],
    cli: [cli as CliForm<unknown>],
    async answer({ query }, context) {
      await lookAtNotes(context.db);
      const { fileName, table } = await file(query as z.output<Q>, context, refuse);
      return { kind: 'csv', fileName, table };
    },
  };
}
