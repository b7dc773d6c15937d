import { z } from 'zod';
import { readStored } from '../../db/index.ts';
import type { Previewed } from '../previewed.ts';

const hundredths = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const currency = z.object({ id: z.int(), code: z.string() });
const count = z.int().nonnegative();

const schema = z.object({
  from: z.string(),
  to: z.string(),
  clients: count,
  invoices: count,
  effects: z.array(
    z.object({
      rule: z.string(),
      effect: z.string(),
      currency,
      count,
      hundredths,
      really: z.object({ count, hundredths }).nullable(),
    }),
  ),
  changed: z.array(
    z.object({
      clientId: z.int(),
      currency,
      wouldHundredths: hundredths,
      elseHundredths: hundredths,
    }),
  ),
  changedClients: count,
  unknown: z.array(z.object({ why: z.string(), count })),
  asOfToday: z.array(z.string()),
});

/** What came out, as it is stored. JSON knows no bigint: amounts are texts in it. */
export function writeResult(previewed: Previewed): string {
  return JSON.stringify(previewed, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** Reads what is stored; undefined for what no version wrote. */
export function parseResult(text: string): Previewed | undefined {
  return readStored(schema, text);
}
