import fc from 'fast-check';
import { z } from 'zod';

/** Settings as an admin might store them, from the JSON Schema that the form is made of: a new rule is among them by itself. */

export const GATEWAYS = ['banktransfer', 'standincard'] as const;
export const CURRENCIES = [1, 3] as const;

/** What a list of ids names, by the `of` of its schema. */
const IDS: Readonly<Record<string, readonly number[]>> = {
  'client-group': [0, 1],
  currency: CURRENCIES,
  'product-group': [1],
  product: [2],
};
/** One day for all: so no campaign ends before it begins. It is the second of a history. */
const DAY = '2026-11-23';
/** Large whole numbers are as good as none. */
const RANGE_MAX = 60;

const node = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  of: z.string().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  items: z.unknown().optional(),
  required: z.array(z.string()).default([]),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

/** Without fast-check's liking for the smallest: rules have little to do with those. */
const amount = fc
  .noBias(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 9000 })))
  .map((hundredths) => (hundredths / 100).toFixed(2));

/** @throws {TypeError} for a schema that none of the built-in rules has: teach it here */
export function storedLike(schema: unknown): fc.Arbitrary<unknown> {
  const { type, ...one } = node.parse(schema);
  if (one.enum !== undefined) return fc.constantFrom(...one.enum);
  if (one.properties !== undefined) {
    const members = Object.entries(one.properties).map(([name, of]) => {
      const value = storedLike(of);
      if (one.required.includes(name)) return [name, value] as const;
      // What has no default is rather left out: a campaign, a delay.
      const absent = node.parse(of).default === undefined ? 5 : 1;
      return [
        name,
        fc.oneof({ weight: absent, arbitrary: fc.constant(undefined) }, value),
      ] as const;
    });
    return fc.record(Object.fromEntries(members)).map(withoutAbsent);
  }
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'integer': {
      const { minimum = 0, maximum = RANGE_MAX } = one;
      return fc.integer({ min: minimum, max: Math.min(maximum, minimum + RANGE_MAX) });
    }
    case 'string':
      if (one.format === 'date') return fc.constant(DAY);
      if (one.pattern !== undefined) return fc.constantFrom('0.5', '12.5', '150');
      return fc.constant(one.default ?? 'Some text.');
    case 'array': {
      const ids = IDS[one.of ?? ''];
      if (ids !== undefined) return someOf(ids);
      const item = node.parse(one.items);
      if (item.enum !== undefined) return someOf(item.enum);
      if (item.type === 'string') return someOf(GATEWAYS);
      return fc.array(storedLike(item), { minLength: one.minItems ?? 0, maxLength: 2 });
    }
    case 'object':
      return fc
        .record(
          Object.fromEntries(
            CURRENCIES.map((id) => [id, fc.option(amount, { freq: 4, nil: undefined })]),
          ),
        )
        .map(withoutAbsent);
    default:
      throw new TypeError(`No random settings are known for ${JSON.stringify(schema)}.`);
  }
}

/** Mostly none: then nothing is left out. */
function someOf(all: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray([...all]));
}

function withoutAbsent(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, one]) => one !== undefined));
}
