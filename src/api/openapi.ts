import { z } from 'zod';
import type { ApiEndpoint } from './define-api-endpoint.ts';
import { apiEndpoints } from './endpoints/all.ts';
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
    },
  };
}

type Json = Readonly<Record<string, unknown>>;

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
    summary,
    description: `Needs the scope \`${scope}\`.`,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: toJson(body, 'input') } },
      },
    }),
    responses: {
      [status]: { description: 'As asked.', content: contentOf(endpoint) },
      default: {
        description: 'Why it was not answered; docs/api.md lists the codes.',
        content: { 'application/json': { schema: reference(apiError) } },
      },
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
  return { 'application/json': { schema: reference(response) } };
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
  const name = answers.get(schema)?.id;
  if (name === undefined) {
    throw new TypeError('The schema of an answer has no name: register it in `answers`.');
  }
  return { $ref: `#/components/schemas/${name}` };
}
