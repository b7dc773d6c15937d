import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { apiEndpoints, createOpenapi } from '../../../src/api/index.ts';
import { parametersOf } from '../../../src/cli/endpoint/parameters-of.ts';
import { runCommand } from '../../support/run-command.ts';

const ROOT = join(import.meta.dirname, '../../..');
const operators = readFileSync(join(ROOT, 'docs/operators.md'), 'utf8');
const api = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
const commands = apiEndpoints.flatMap((endpoint) =>
  endpoint.cli.map((form) => ({ name: form.name, endpoint, form })),
);

describe('every command that an endpoint declares', () => {
  test.each(commands)('$name is there, with its parameters and an example', async (one) => {
    const { code, out } = await runCommand([...one.name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: creditbridge ${one.name}`);
    expect(out).toContain(`Example:\n  creditbridge ${one.name} ${one.form.example}`.trimEnd());
    for (const { path, name, isFixed } of parametersOf(one.endpoint, one.form)) {
      const isPlace = one.form.places?.includes(path.at(-1) ?? '') === true;
      const shown = isPlace ? `<${name}>` : `--${name}`;
      expect([shown, isFixed || out.includes(shown)]).toEqual([shown, true]);
    }
  });

  test.each(commands)('$name is in docs/operators.md', ({ name }) => {
    expect(operators).toContain(`\`${name}`);
  });

  test('no two have one name', () => {
    const names = commands.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('what moves credit or lets a client go on takes a token, but stopping, and agreeing where nobody else may', () => {
    const free = commands.filter(
      ({ endpoint, form }) => endpoint.scope !== 'read' && form.withoutToken === true,
    );
    expect(free.map(({ name }) => name)).toEqual(['approvals approve', 'freeze client']);
  });
});

test.each(apiEndpoints)(
  '$name is in openapi.json and, with its commands, in docs/api.md',
  (one) => {
    const { path, method, name, cli } = one;
    expect(createOpenapi('1').paths[path]?.[method]).toMatchObject({ operationId: name });
    const call = `| \`${method.toUpperCase()} ${path}\` |`;
    const row = api.split('\n').find((line) => line.startsWith(call)) ?? '';
    expect(row).not.toBe('');
    for (const form of cli) expect(row).toContain(`\`${form.name}\``);
  },
);

describe('parameters of a command come from the schemas', () => {
  const query = z.strictObject({
    client: z.string().transform(Number).pipe(z.int()).optional().describe('Only of this client.'),
    remaining: z.stringbool().optional(),
    limit: z.string().transform(Number).pipe(z.int()).default(50),
  });
  const body = z.object({
    wish: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('add'),
        toClientId: z.int(),
        expiresOn: z.iso.date().nullable().default(null),
      }),
      z.object({ kind: z.literal('take'), from: z.enum(['a', 'b']) }),
    ]),
    reason: z.string(),
  });
  const none = z.strictObject({});

  test('of a query: names, descriptions, flags and defaults', () => {
    const form = { name: 'x', example: '' };
    const [client, remaining, limit] = parametersOf({ params: none, query, body: undefined }, form);
    expect(client).toMatchObject({ name: 'client', about: 'only of this client', type: 'number' });
    expect(client).toMatchObject({ required: false, otherwise: undefined });
    expect(remaining).toMatchObject({ type: 'flag', given: 'true', required: false });
    expect(limit).toMatchObject({ type: 'number', otherwise: 50, required: false });
  });

  test('of a body with alternatives: those of the one that is meant', () => {
    const form = { name: 'x', example: '', variant: { wish: 'add' } };
    const found = parametersOf({ params: none, query: none, body }, form);
    expect(found.map(({ name, path, required }) => [name, path.join('.'), required])).toEqual([
      ['kind', 'wish.kind', false],
      ['to-client', 'wish.toClientId', true],
      ['expires', 'wish.expiresOn', false],
      ['reason', 'reason', true],
    ]);
    expect(found[0]).toMatchObject({ isFixed: true, otherwise: 'add' });
  });

  test('an alternative that is not there is a mistake of the declaration', () => {
    const form = { name: 'x', example: '', variant: { wish: 'give' } };
    expect(() => parametersOf({ params: none, query: none, body }, form)).toThrow('"give"');
  });
});
