import { bad, type Flash } from './html/flash.ts';
import type { OnceOutcome } from './once.ts';

/** What a posted form led to. */
export type Done<Word extends string = string> =
  | {
      readonly kind: 'redirect';
      readonly page: string;
      readonly parameters: Readonly<Record<string, string | number>>;
      readonly said: Word | 'repeated';
    }
  | ShownAgain
  | { readonly kind: 'missing' };

/** The page of the form, once more. */
export interface ShownAgain {
  readonly kind: 'again';
  readonly status: number;
  readonly flash?: Flash;
  /** Sentences by the input's name. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Goes to a page that says what was done; a form that was sent before says that instead. */
export function redirect<const Word extends string>(
  page: string,
  outcome: OnceOutcome,
  word: Word,
  parameters: Readonly<Record<string, string | number>> = {},
): Done<Word> {
  const said = outcome === 'repeated' ? outcome : word;
  return { kind: 'redirect', page, parameters, said };
}

/** Goes to a page that says that this form was sent before. */
export function repeated(page: string): Done<never> {
  return { kind: 'redirect', page, parameters: {}, said: 'repeated' };
}

/** Shows the page of the form again, with what was typed and what is wrong. */
export function again(text: string, problems: ReadonlyMap<string, string> = new Map()): ShownAgain {
  return { kind: 'again', status: 422, flash: bad(text), problems };
}

/** What the form is about is not there. */
export const missing: Done<never> = { kind: 'missing' };
