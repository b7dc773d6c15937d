import { z } from 'zod';
import { type ApiCode, apiCodes, apiStatuses } from './api-error.ts';
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
      responses: refusals(),
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

/** The refusals by their statuses: the name of each in openapi.json, and what it means. */
const REFUSALS = {
  400: { name: 'RequestInvalid', says: 'Something in the call is wrong; `details` names it.' },
  401: { name: 'TokenRefused', says: 'The token is missing, or good for nothing any more.' },
  403: { name: 'NotAllowed', says: 'The token, or its admin, may not do this.' },
  404: { name: 'Unknown', says: 'There is no such thing.' },
  409: { name: 'Conflict', says: 'Things are not as the call takes them to be.' },
  410: { name: 'Expired', says: 'It is too late for this.' },
  413: { name: 'BodyTooLarge', says: 'The body is too large.' },
  422: { name: 'Refused', says: 'The call is correct, and the data prevents it.' },
  500: { name: 'Failed', says: 'The service failed; its log has the cause.' },
  503: { name: 'NotNow', says: 'Not now: try later.' },
} as const;
type RefusalStatus = keyof typeof REFUSALS;

/** What a call may be refused with, beside what every call may be. */
function refusalsOf({ method, body, params }: ApiEndpoint): readonly RefusalStatus[] {
  const names = Object.keys((toJson(params, 'output')['properties'] ?? {}) as Json);
  const moves: readonly RefusalStatus[] = method === 'post' ? [404, 409, 410, 422] : [];
  return [
    400,
    401,
    403,
    ...(names.length > 0 ? ([404] as const) : []),
    ...moves,
    ...(body === undefined ? [] : ([413] as const)),
    500,
    503,
  ].toSorted((a, b) => a - b) as RefusalStatus[];
}

/** Each refusal with its codes, so that a program finds them where it reads about the call. */
function refusals(): Json {
  return Object.fromEntries(
    Object.entries(REFUSALS).map(([status, { name, says }]) => {
      const codes = apiCodes.filter((code) => apiStatuses[code] === Number(status));
      return [name, refusal(says, codes)];
    }),
  );
}

function refusal(says: string, codes: readonly ApiCode[]): Json {
  const [code] = codes;
  return {
    description: `${says} Codes: ${codes.map((one) => `\`${one}\``).join(', ')}.`,
    content: {
      'application/json': {
        schema: reference(apiError),
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
      ...Object.fromEntries(
        refusalsOf(endpoint).map((one) => [
          one,
          { $ref: `#/components/responses/${REFUSALS[one].name}` },
        ]),
      ),
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
