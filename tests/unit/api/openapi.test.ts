import { expect, test } from 'vitest';
import { apiEndpoints, apiStatuses, createOpenapi, scopes } from '../../../src/api/index.ts';
import { refusalCodes } from '../../../src/operations/index.ts';

const openapi = createOpenapi('1.2.3');
const text = JSON.stringify(openapi);

test('every endpoint is described under its path and method, with the scope it needs', () => {
  expect(Object.keys(openapi.paths)).toHaveLength(
    new Set(apiEndpoints.map(({ path }) => path)).size,
  );
  for (const { path, method, scope } of apiEndpoints) {
    expect(openapi.paths[path]?.[method]).toMatchObject({
      description: `Needs the scope \`${scope}\`.`,
    });
  }
});

test('every answer and every body has an example that its schema accepts, and every call a tag', () => {
  const tags = openapi.tags.map(({ name }) => name);
  for (const { path, method, name, status, response, body } of apiEndpoints) {
    const described = openapi.paths[path]?.[method] as unknown as Described;
    expect([name, described.tags.length]).toEqual([name, 1]);
    expect(tags).toContain(described.tags[0]);
    if (response !== 'csv') {
      const { example } = described.responses[status]?.content?.['application/json'] ?? {};
      expect([name, response.safeParse(example).error]).toEqual([name, undefined]);
    }
    if (body !== undefined) {
      const { example } = described.requestBody.content['application/json'];
      expect([name, body.safeParse(example).error]).toEqual([name, undefined]);
    }
  }
});

interface Described {
  readonly tags: readonly string[];
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json'?: Example } }>
  >;
  readonly requestBody: { readonly content: { readonly 'application/json': Example } };
}
interface Example {
  readonly example: unknown;
}

interface Refusal {
  readonly content: {
    readonly 'application/json': {
      readonly schema: {
        readonly allOf: readonly [
          unknown,
          { readonly properties: { readonly code: { readonly enum: readonly string[] } } },
        ];
      };
    };
  };
}

/** The codes of a call's refusals, by status. */
function refusalsOf(path: string, method: string): Readonly<Record<string, readonly string[]>> {
  const components = openapi.components as unknown as {
    readonly responses: Readonly<Record<string, Refusal>>;
  };
  const described = openapi.paths[path]?.[method] as unknown as {
    readonly responses: Readonly<Record<string, Refusal | { readonly $ref: string }>>;
  };
  const refusals = Object.entries(described.responses).filter(([status]) => Number(status) >= 400);
  return Object.fromEntries(
    refusals.map(([status, one]) => {
      const name = '$ref' in one ? one.$ref.replace('#/components/responses/', '') : '';
      const { content } = '$ref' in one ? (components.responses[name] as Refusal) : one;
      return [status, content['application/json'].schema.allOf[1].properties.code.enum];
    }),
  );
}

test('each call lists the refusals that it declares under their statuses, and no others', () => {
  for (const { path, method, name, refuses } of apiEndpoints) {
    const listed = refusalsOf(path, method);
    expect([name, Object.values(listed).flat().sort()]).toEqual([name, [...refuses].sort()]);
    for (const [status, codes] of Object.entries(listed)) {
      for (const code of codes as readonly (keyof typeof apiStatuses)[]) {
        expect([name, code, apiStatuses[code]]).toEqual([name, code, Number(status)]);
      }
    }
  }
  // A client is frozen whatever stands against moving its credit.
  expect(Object.keys(refusalsOf('/clients/{clientId}/freeze', 'post'))).toEqual([
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '500',
    '503',
  ]);
  expect(refusalsOf('/approvals/{id}/withdraw', 'post')['410']).toEqual(['approval-expired']);
});

test('every code but that of a wrong address is one that some call declares, or only the command line answers', () => {
  const declared = new Set(apiEndpoints.flatMap(({ refuses }) => refuses));
  const others = Object.keys(apiStatuses).filter((code) => !declared.has(code as never));
  expect(others.sort()).toEqual(OF_NO_CALL);
});

/** Of addresses; of the command line; and of acts that only pages have. */
const OF_NO_CALL = [
  'id-reused',
  'method-not-allowed',
  'not-found',
  'others-may-agree',
  'reason-missing',
];

test('only what moves credit asks for an Idempotency-Key, and nothing that reads is a POST', () => {
  const keyed = apiEndpoints.filter(({ takesIdempotencyKey }) => takesIdempotencyKey);
  expect(keyed.map(({ name }) => name)).toEqual([
    'proposeOperation',
    'giveBackParked',
    'keepParked',
  ]);
  for (const { method, scope, name } of apiEndpoints) {
    expect([name, method === 'post']).toEqual([name, scope !== 'read']);
  }
  expect(new Set(apiEndpoints.map(({ scope }) => scope))).toEqual(new Set(scopes));
});

test('the threshold of approvals and guided repairs cannot be asked for', () => {
  const { schemas } = openapi.components as { schemas: Record<string, unknown> };
  expect(JSON.stringify(openapi.paths)).not.toContain('threshold');
  expect(JSON.stringify(schemas['Approval'])).toContain('threshold');
});

test('every code of a refused operation has a status, and errors list all codes', () => {
  for (const code of refusalCodes) expect([code, apiStatuses[code] >= 400]).toEqual([code, true]);
  for (const code of Object.keys(apiStatuses)) expect(text).toContain(`"${code}"`);
});

test('an answer may grow: no schema of one forbids more members, and every wish does', () => {
  const { schemas } = openapi.components as { schemas: Record<string, unknown> };
  const { Approval: _approval, ...answers } = schemas;
  expect(JSON.stringify(answers)).not.toContain('"additionalProperties":false');
  expect(JSON.stringify(openapi.paths['/operations'])).toContain('"additionalProperties":false');
});
