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

test('every refusal has a name, and lists its codes', () => {
  const { responses } = openapi.components as { responses: Record<string, unknown> };
  for (const [code, status] of Object.entries(apiStatuses)) {
    // A wrong address or method is of no call.
    if (code === 'method-not-allowed') continue;
    const named = Object.values(responses).filter((one) =>
      JSON.stringify(one).includes(`\`${code}\``),
    );
    expect([code, status, named.length]).toEqual([code, status, 1]);
  }
  for (const { path, method } of apiEndpoints) {
    const described = openapi.paths[path]?.[method] as unknown as Described;
    const ofCall = described.responses;
    expect(Object.keys(ofCall)).toEqual(
      expect.arrayContaining(['400', '401', '403', '500', '503']),
    );
    expect(Object.keys(ofCall)).not.toContain('default');
  }
});

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
