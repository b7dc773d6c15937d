import { z } from 'zod';
import { idOf } from './read-query.ts';

/** What was typed, without blanks around it; '' when there is nothing, or no text. */
export const text = z.string().trim().catch('');

/** Every field of the form as text, for forms whose fields depend on the installation. */
export const texts = z.record(z.string(), text);

/** An id of WHMCS that the page put into the form. */
export const whmcsId = text.transform((value) => idOf(value)).pipe(z.int());
