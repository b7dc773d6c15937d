/**
 * The limits both sides keep, each with its reason. The shim repeats them in PHP; the vectors hold
 * the two together.
 */

/** Largest request body, in bytes: a hundred ordinary items take 50 KiB, so this is five times that. */
export const BODY_MAX_BYTES = 262_144;

/** Largest reply body, in bytes: a reply may carry a page of HTML, which is larger than any request. */
export const REPLY_MAX_BYTES = 1_048_576;

/** Most items in one call: enough to drain a backlog quickly, small enough for one transaction. */
export const BATCH_MAX_ITEMS = 100;

/** Deepest nesting of arrays and objects in a request: the deepest honest one, a form, needs six. */
export const NESTING_MAX = 8;

/** Longest string in a request, in Unicode characters: a long mail template fits. */
export const STRING_MAX_CHARACTERS = 16_384;

/** Most members of an item's `data`: the longest list in `hooks.ts` has twelve. */
export const DATA_MAX_MEMBERS = 64;

/**
 * Longest text the shim sends inside `data`, in Unicode characters; longer ones stay in WHMCS.
 * Sixty-four members of this length fit into one body whatever they are made of.
 */
export const DATA_VALUE_MAX_CHARACTERS = 255;

/** Longest name of a member of `data`, and of a hook; WHMCS's longest hook name has 37 characters. */
export const NAME_MAX_CHARACTERS = 64;

/** How far the sender's clock may be off, to both sides; the tolerance of Standard Webhooks. */
export const TIMESTAMP_TOLERANCE_SECONDS = 300;

/** Signatures looked at in one header: two secrets while rotating, and room for another version. */
export const SIGNATURES_MAX = 8;

/** Bytes of a secret: as many as SHA-256 gives, so the key is never the weaker part. */
export const SECRET_BYTES = 32;

/** Longest chain of command, hook, command: a longer one is two rules answering each other. */
export const COMMAND_DEPTH_MAX = 4;

/** Longest text WHMCS is given for a log or a credit description; longer ones hide the point. */
export const DESCRIPTION_MAX_CHARACTERS = 500;

/** Longest fact; the width of the column, which a utf8mb4 index on older MySQL still holds. */
export const FACT_MAX_CHARACTERS = 190;

/** Most hooks in a manifest; WHMCS has about 340, and each one costs every page a callback. */
export const MANIFEST_MAX_HOOKS = 100;

/** An inline item older than this, by the service's clock, has missed its moment: it is deferred. */
export const INLINE_MAX_AGE_MS = 10_000;
