import type { z } from 'zod';

/**
 * Reads JSON from a column of ours by its schema; undefined for what no version wrote (changed by hand, a broken disk), so that
 * one such row does not fail a whole list.
 */
export function readStored<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
