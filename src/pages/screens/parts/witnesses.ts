import { z } from 'zod';

/** What the shim wrote down just before a command began (php-shim/README.md); members it did not know are absent. */
const witnesses = z.object({
  balance: z.string().nullable().optional(),
  creditId: z.int().optional(),
  invoice: z
    .object({ status: z.string(), credit: z.string(), total: z.string(), balance: z.string() })
    .partial()
    .nullable()
    .optional(),
});
export type Witnesses = z.output<typeof witnesses>;

/** Undefined where nothing, or nothing readable, was written down. */
export function readWitnesses(text: string | null): Witnesses | undefined {
  if (text === null) return undefined;
  try {
    return witnesses.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
