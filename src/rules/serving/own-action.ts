import type { z } from 'zod';

/**
 * An action of WHMCS that one effect alone asks for and that moves no money: one that does is in `bridge/runnable.ts`, because
 * the shim runs and keeps its commands differently. The effect declares it with the parameters that its calls may have; the shim
 * has a file of its name in `lib/Command/Action/`, and `bridge/vectors/commands.json` holds both to the same.
 */
export interface OwnAction<Parameters extends z.ZodType = z.ZodType> {
  /** As WHMCS calls it. */
  readonly name: string;
  readonly parameters: Parameters;
}

/** A call of such an action; whoever writes the command checks its parameters. */
export interface OwnCall {
  readonly own: OwnAction;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export function callOf<Parameters extends z.ZodType<Readonly<Record<string, unknown>>>>(
  own: OwnAction<Parameters>,
  parameters: z.output<Parameters>,
): OwnCall {
  return { own, parameters };
}
