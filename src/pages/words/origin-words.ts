import { entryWords, type Origin, originsIn, originsOut } from '../../ledger/index.ts';

/** What an admin may choose as the origin of an unexplained entry. */
export const ORIGIN_WORDS = Object.fromEntries(
  [...originsIn, ...originsOut].map((origin) => [origin, entryWords[origin].name]),
) as Readonly<Record<Origin, string>>;
