import { z } from 'zod';
import { type Effect, effectSchema } from '../effect.ts';

/** An effect as JSON holds it: a bigint is `{ "bigint": "500" }`. */
export type StoredEffect = Readonly<Record<string, unknown>>;

const bigint = z.strictObject({ bigint: z.string().regex(/^-?\d{1,20}$/) });

/** An effect in a form that JSON can hold. */
export function storeEffect(effect: Effect): StoredEffect {
  return convert(effect, (value) =>
    typeof value === 'bigint' ? { bigint: String(value) } : undefined,
  ) as StoredEffect;
}

/** Reads a stored effect; undefined when this version does not know it. */
export function readEffect(stored: StoredEffect): Effect | undefined {
  const { data } = effectSchema.safeParse(
    convert(stored, (value) => {
      const read = bigint.safeParse(value);
      return read.success ? BigInt(read.data.bigint) : undefined;
    }),
  );
  return data;
}

/** Copies a value, with what `change` makes of its parts; undefined leaves a part as it is. */
function convert(value: unknown, change: (value: unknown) => unknown): unknown {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((one) => convert(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, convert(one, change)]),
  );
}
