import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../bridge/generated-files.ts';
import {
  DATA_VALUE_MAX_CHARACTERS,
  type FieldValue,
  type Hook,
  hookOf,
  hooks,
  isDeniedField,
  isForwardedHook,
} from '../../bridge/index.ts';
import { readVectors } from '../support/read-vectors.ts';

/**
 * WHMCS's arguments, PHP's `$_REQUEST` and who is logged in; the `data` that leaves; and what the service
 * reads in it, with amounts as texts of hundredths because JSON has no large whole numbers.
 */
interface Case {
  readonly hook: string;
  readonly name: string;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly session: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, FieldValue>>;
  readonly read: Readonly<Record<string, unknown>>;
}

const catalogue: readonly (readonly [string, Hook])[] = Object.entries(hooks);
const cases = readVectors<Case>('hooks.json');

function nameOnWire(field: string): string {
  const name = field.split('.').at(-1) ?? field;
  return name === 'invocieid' ? 'invoiceid' : name;
}

/** What leaves by the README's own words; the shim's collector, in PHP, runs the same cases. */
function collect({ hook, vars, request, session }: Case): [string, unknown][] {
  const collected = new Map<string, unknown>();
  for (const field of hookOf(hook)?.fields ?? []) {
    const [first = '', second] = field.split('.');
    const places = new Map([
      ['request', request],
      ['session', session],
    ]);
    const value = second === undefined ? vars[first] : places.get(first)?.[second];
    const name = nameOnWire(field);
    if (maySend(value) && !collected.has(name)) collected.set(name, withoutFloat(value));
  }
  return [...collected];
}

function maySend(value: unknown): boolean {
  if (typeof value === 'string') return [...value].length <= DATA_VALUE_MAX_CHARACTERS;
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}

function withoutFloat(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(2) : value;
}

describe('the hooks', () => {
  it.each(catalogue)('%s reads what it lists', (_name, hook) => {
    const sent = new Set(hook.fields.map(nameOnWire));
    expect([...sent]).toEqual(Object.keys(hook.data.shape));
  });

  it.each(catalogue)('%s has a case that says what may leave', (name) => {
    const named = cases.filter(({ hook }) => hook === name);
    expect(named, `Add a case for ${name} to bridge/vectors/hooks.json.`).not.toEqual([]);
  });

  it.each(cases)('$hook sends and reads as agreed: $name', (vector) => {
    const hook = hookOf(vector.hook);
    expect.assert(hook !== undefined);
    expect(collect(vector)).toEqual(Object.entries(vector.data));
    const read = hook.data.parse(vector.data);
    const comparable = Object.entries(read)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]);
    expect(Object.fromEntries(comparable)).toEqual(vector.read);
  });

  it.each(cases)('$hook lets no name, address, card or password out: $name', (vector) => {
    const sent = JSON.stringify(vector.data);
    for (const secret of [
      'Zoë',
      'example.com',
      'Main St',
      '4111',
      'hunter2',
      'DE123456789',
      '"csrf',
    ]) {
      expect(sent).not.toContain(secret);
    }
  });

  it.each(catalogue)('%s lists no field that a manifest could not name', (name, hook) => {
    expect(isForwardedHook(name)).toBe(true);
    expect(hook.fields.map(nameOnWire).filter(isDeniedField)).toEqual([]);
  });

  it('are read strictly where an id is no id', () => {
    for (const invoiceid of ['', '-1', '1.5', '9x', 4_294_967_296, '99999999999', null, true]) {
      expect(hooks.InvoicePaid.data.safeParse({ invoiceid }).success).toBe(false);
    }
    expect(hooks.InvoicePaid.data.safeParse({}).success).toBe(false);
  });

  it('are read strictly where an amount is no amount', () => {
    for (const amountin of ['1,000.00', '10.001', 'ten', true]) {
      expect(hooks.AddTransaction.data.safeParse({ id: 1, amountin }).success).toBe(false);
    }
  });

  it('are not found under a name of the language', () => {
    expect(hookOf('constructor')).toBeUndefined();
    expect(hookOf('toString')).toBeUndefined();
    expect(hookOf('AddFunds')).toBeUndefined();
  });
});

describe('a generated file', () => {
  it.each(generatedFiles())('$path is what `npm run generate` writes', ({ path, content }) => {
    const stands = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    expect(stands, 'Run `npm run generate` and commit what it writes.').toBe(content);
  });

  it('names every hook with its fields, in PHP and in the contract', () => {
    const [php = '', readme = ''] = generatedFiles().map(({ content }) => content);
    const rows = catalogue.map(([name, { fields, answer, whmcs }]) => {
      const list = fields.map((field) => `\`${field}\``).join(', ');
      return `| \`${name}\` | ${list} | ${answer} | ${whmcs} |`;
    });
    expect(readme.match(/^\| `\w+` \| .* \| (deferred|inline|veto) \| §.* \|$/gm)).toEqual(rows);
    const known = php.slice(php.indexOf('KNOWN')).matchAll(/'(\w+)' => \[([^\]]*)\]/g);
    const listed = [...known].map(([, name, list = '']) => [name, list.match(/[\w.]+/g) ?? []]);
    expect(listed).toEqual(catalogue.map(([name, { fields }]) => [name, fields]));
  });
});
