import type { z } from 'zod';
import type { ActContext } from './context.ts';
import type { Done } from './done.ts';
import type { Flash } from './html/flash.ts';
import type { ParametersOf } from './match-path.ts';
import type { Right } from './rights.ts';

/** What a form does, as the list in `acts/index.ts` holds it. */
export interface Act {
  /** The value of the form's hidden field `act`. */
  readonly name: string;
  /** The path of the page that the form is posted to. */
  readonly page: string;
  /** Without it nothing is done; of several, one is enough. */
  readonly right: Right | readonly Right[];
  /** Reads the form. A form that does not fit was not made by us: 404. What people may mistype is read as text. */
  readonly form: z.ZodType;
  /** What the next page says, by the word that `redirect` puts into its address. */
  readonly says: Readonly<Record<string, Flash>>;
  /** A form that stood open too long is shown again with what was typed. Otherwise a sentence asks to open it again. */
  readonly keepsOldForm?: boolean;
  do(
    context: ActContext,
    form: unknown,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Done>;
}

/** Declares an act. Path and schema give the types of what it is given; it may only say its own words. */
export function defineAct<
  const Path extends string,
  Form extends z.ZodType,
  const Word extends string,
>(
  act: Omit<Act, 'page' | 'form' | 'says' | 'do'> & {
    readonly page: Path;
    readonly form: Form;
    readonly says: Readonly<Record<Word, Flash>>;
    do(
      context: ActContext,
      form: z.output<Form>,
      parameters: ParametersOf<Path>,
    ): Promise<Done<NoInfer<Word>>>;
  },
): Act {
  return act as Act;
}
