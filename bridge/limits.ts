/** The limits of both sides, each with its reason. The shim repeats them in PHP; the vectors test both. */

/** Largest request body: five times what a hundred ordinary items take. */
export const BODY_MAX_BYTES = 262_144;

/** Largest reply body: a reply may hold a page of HTML, which is larger than any request. */
export const REPLY_MAX_BYTES = 1_048_576;

/** Most items in one call: enough to drain a backlog quickly, small enough for one transaction. */
export const BATCH_MAX_ITEMS = 100;

/** Deepest nesting of arrays and objects in a request: a form, the deepest we send, needs six. */
export const NESTING_MAX = 8;

/** Longest string in a request, in Unicode characters: a long mail template fits. */
export const STRING_MAX_CHARACTERS = 16_384;

/** Most members of an item's `data`: the longest list in `hooks.ts` has twelve. */
export const DATA_MAX_MEMBERS = 64;

/**
 * Longest text the shim sends inside `data`, in Unicode characters; longer ones stay in WHMCS.
 * Sixty-four members of this length fit into one body in any script.
 */
export const DATA_VALUE_MAX_CHARACTERS = 255;

/** Longest name of a member of `data`, and of a hook; WHMCS's longest hook name has 37 characters. */
export const NAME_MAX_CHARACTERS = 64;

/** How far the sender's clock may be ahead or behind: the tolerance of Standard Webhooks. */
export const TIMESTAMP_TOLERANCE_SECONDS = 300;

/** Most signatures read from one header: two while secrets rotate, and room for another version. */
export const SIGNATURES_MAX = 8;

/** Length of a secret: that of a SHA-256 hash, so the key is never the weaker part. */
export const SECRET_BYTES = 32;

/** Longest chain of command, hook, command: a longer one means that two rules answer each other. */
export const COMMAND_DEPTH_MAX = 4;

/** Longest description in WHMCS's log or credit log: a longer one hides the point. */
export const DESCRIPTION_MAX_CHARACTERS = 500;

/** Longest fact: the width of its column, which older MySQL can still index in utf8mb4. */
export const FACT_MAX_CHARACTERS = 190;

/** Most hooks in a manifest: WHMCS has about 340, and each one costs every page a callback. */
export const MANIFEST_MAX_HOOKS = 100;

/** An inline item older than this by the service's clock comes too late and is deferred. */
export const INLINE_MAX_AGE_MS = 10_000;
