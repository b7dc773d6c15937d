import { z } from 'zod';

/** What a rule is told to do: nothing; decide and record; decide, record and carry out. */
export const ruleMode = z.enum(['off', 'observe', 'on']);

/** Whom settings are for; a client's come before its group's, and those before the installation's. */
export const settingsLayer = z.enum(['installation', 'group', 'client']);

/** Which settings are meant: the installation's, a group's or a client's. */
export interface LayerAddress {
  readonly layer: z.infer<typeof settingsLayer>;
  /** Of the group or client; 0 for the installation. */
  readonly layerId: number;
}
