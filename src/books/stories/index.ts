/** Gathers what is told of an entry, a grant, an invoice or a client; src/ledger/words makes sentences of it. */
export { clientStory } from './client-story.ts';
export { entryStory } from './entry-story.ts';
export { grantStory } from './grant-story.ts';
export { invoiceStory } from './invoice-story.ts';
export { notedLimitsOf } from './noted-limits-of.ts';
