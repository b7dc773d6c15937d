import { z } from 'zod';
import { type ApiCode, apiStatuses, OF_EVERY_CALL } from './api-error.ts';
import type { ApiEndpoint } from './define-api-endpoint.ts';
import { apiEndpoints } from './endpoints/all.ts';
import { answerExamples, bodyExamples, reasonExample } from './examples.ts';
import { answers, apiError } from './schemas.ts';

/** Describes the API in OpenAPI 3.1, from the schemas that read its calls and type its answers. */
export function createOpenapi(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Credit Bridge',
      version,
      description:
        'Balances, entries, grants and liability of the credit ledger, and credit moved by hand. Amounts are decimal strings.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    tags: tags.map(({ name, description }) => ({ name, description })),
    paths: paths(),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Made on the addon page, API tokens; stands for the admin who made it.',
        },
      },
      schemas: components(),
      responses: sharedRefusals(),
    },
  };
}

type Json = Readonly<Record<string, unknown>>;

/** The parts of the API, and which paths belong to each, by their first word. */
const tags = [
  {
    name: 'Ledger',
    description: 'Entries, grants, liability, and why things are as they are.',
    paths: ['ledger', 'entries', 'grants', 'liability', 'explain'],
  },
  {
    name: 'Clients',
    description: 'What clients have, and what stops or lets them go on.',
    paths: ['clients', 'invoices'],
  },
  {
    name: 'Operations',
    description: 'Credit moved by hand.',
    paths: ['operations', 'give-backs'],
  },
  {
    name: 'Parked credit',
    description: 'Credit that waits for a decision.',
    paths: ['parked'],
  },
  {
    name: 'Approvals',
    description: 'What one admin proposed and another decides.',
    paths: ['approvals'],
  },
  { name: 'Rules', description: 'Settings of rules.', paths: ['rules'] },
  { name: 'Exports', description: 'Whole lists as CSV.', paths: ['exports'] },
] as const;

function tagOf(path: string): string {
  const [, first = ''] = path.split('/');
  const tag = tags.find(({ paths }) => paths.some((one) => one === first));
  if (tag === undefined) throw new TypeError(`No tag has the paths /${first}: add them to one.`);
  return tag.name;
}

/** What a refusal of each status means; the codes say more. */
const MEANINGS: Readonly<Record<string, string>> = {
  400: 'Something in the call is wrong; `details` names it.',
  401: 'The token is missing, or good for nothing any more.',
  403: 'The token, or its admin, may not do this.',
  404: 'There is no such thing.',
  409: 'Things are not as the call takes them to be.',
  410: 'It is too late for this.',
  413: 'The body is too large.',
  422: 'The call is correct, and the data prevents it.',
  500: 'The service failed; its log has the cause.',
  503: 'Not now: try later.',
};

/** What many calls are refused with in the same way, by status: its name in openapi.json and its codes. */
const SHARED: Readonly<Record<string, readonly [name: string, codes: readonly ApiCode[]]>> = {
  400: ['RequestInvalid', codesOf(OF_EVERY_CALL, 400)],
  401: ['TokenRefused', codesOf(OF_EVERY_CALL, 401)],
  403: ['NotAllowed', codesOf(OF_EVERY_CALL, 403)],
  413: ['BodyTooLarge', ['body-too-large']],
  500: ['Failed', codesOf(OF_EVERY_CALL, 500)],
  503: ['NotNow', codesOf(OF_EVERY_CALL, 503)],
};

function codesOf(codes: readonly ApiCode[], status: number): readonly ApiCode[] {
  return codes.filter((code) => apiStatuses[code] === status);
}

function sharedRefusals(): Json {
  return Object.fromEntries(
    Object.entries(SHARED).map(([status, [name, codes]]) => [name, refusal(status, codes)]),
  );
}

/** What this call may be refused with: for each status the codes, as the endpoint declares them. */
function refusalsOf({ refuses }: ApiEndpoint): Json {
  return Object.fromEntries(
    Object.keys(MEANINGS).flatMap((status) => {
      const codes = codesOf(refuses, Number(status));
      if (codes.length === 0) return [];
      const [name, shared] = SHARED[status] ?? [];
      const isShared = shared?.join() === codes.join();
      return [
        [status, isShared ? { $ref: `#/components/responses/${name}` } : refusal(status, codes)],
      ];
    }),
  );
}

function refusal(status: string, codes: readonly ApiCode[]): Json {
  const [code] = codes;
  const says = MEANINGS[status] ?? '';
  return {
    description: `${says} Codes: ${codes.map((one) => `\`${one}\``).join(', ')}.`,
    content: {
      'application/json': {
        schema: { allOf: [reference(apiError), { properties: { code: { enum: codes } } }] },
        example: { code, message: 'A sentence for people, with what to do.' },
      },
    },
  };
}

function paths(): Readonly<Record<string, Json>> {
  const byPath = new Map<string, Record<string, Json>>();
  for (const endpoint of apiEndpoints) {
    const operations = byPath.get(endpoint.path) ?? {};
    operations[endpoint.method] = describe(endpoint);
    byPath.set(endpoint.path, operations);
  }
  return Object.fromEntries(byPath);
}

function describe(endpoint: ApiEndpoint): Json {
  const { name, summary, scope, status, params, query, body, takesIdempotencyKey } = endpoint;
  const parameters = [
    ...parametersOf(params, 'path'),
    ...parametersOf(query, 'query'),
    ...(takesIdempotencyKey ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: name,
    tags: [tagOf(endpoint.path)],
    summary,
    description: `Needs the scope \`${scope}\`.`,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: toJson(body, 'input'),
            example: bodyExamples[name] ?? reasonExample,
          },
        },
      },
    }),
    responses: {
      [status]: { description: 'As asked.', content: contentOf(endpoint) },
      ...refusalsOf(endpoint),
    },
  };
}

/** 1 to 255 visible characters of ASCII. */
export const IDEMPOTENCY_KEY_PATTERN = '^[!-~]{1,255}$';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'Made once for each wish; a repeat with the same key is done once.',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY_PATTERN },
} as const;

function contentOf({ response }: ApiEndpoint): Json {
  if (response === 'csv') return { 'text/csv': { schema: { type: 'string' } } };
  const name = nameOf(response);
  const example = answerExamples[name as keyof typeof answerExamples];
  if (example === undefined) throw new TypeError(`The answer ${name} has no example.`);
  return { 'application/json': { schema: reference(response), example } };
}

function parametersOf(schema: z.ZodType, where: 'path' | 'query'): readonly Json[] {
  const { properties = {}, required = [] } = toJson(schema, 'output') as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: where,
    required: where === 'path' || (required.includes(name) && !('default' in property)),
    ...(description !== undefined && { description }),
    schema: property,
  }));
}

function components(): Json {
  const { schemas: made } = z.toJSONSchema(answers, {
    io: 'output',
    uri: (id) => `#/components/schemas/${id}`,
    override: mayGrow,
  });
  return Object.fromEntries(Object.entries(made).map(([id, schema]) => [id, bare(schema)]));
}

function toJson(schema: z.ZodType, io: 'input' | 'output'): Json {
  return bare(z.toJSONSchema(schema, { io }));
}

/** A later version may add members to an answer without breaking clients. */
function mayGrow({ jsonSchema }: { jsonSchema: { additionalProperties?: unknown } }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

/** Removes `$schema` and `$id`: OpenAPI 3.1 declares the dialect once. */
function bare({ $schema: _, $id: __, ...schema }: Json): Json {
  return schema;
}

function reference(schema: z.ZodType): Json {
  return { $ref: `#/components/schemas/${nameOf(schema)}` };
}

function nameOf(schema: z.ZodType): string {
  const name = answers.get(schema)?.id;
  if (name === undefined) {
    throw new TypeError('The schema of an answer has no name: register it in `answers`.');
  }
  return name;
}
