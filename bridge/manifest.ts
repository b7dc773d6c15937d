import { z } from 'zod';
import { DATA_MAX_MEMBERS, MANIFEST_MAX_HOOKS } from './limits.ts';
import { isDeniedField, isForwardedHook } from './unknown-hook.ts';
import { answerMode, count, fieldName, hookName } from './words.ts';

const manifestEntry = z.strictObject({
  answer: answerMode,
  fields: z
    .array(
      fieldName.refine((name) => !isDeniedField(name), {
        error: 'A field of this name never leaves WHMCS.',
      }),
    )
    .max(DATA_MAX_MEMBERS)
    .optional(),
});
export type ManifestEntry = z.infer<typeof manifestEntry>;

/**
 * Which hooks the shim registers and how it treats each. A hook or a field that never leaves WHMCS makes
 * the whole manifest invalid: the shim would skip it silently, and its rule would wait for ever.
 */
export const manifest = z.strictObject({
  number: count,
  hooks: z
    .record(
      hookName.refine(isForwardedHook, { error: 'This hook is never forwarded.' }),
      manifestEntry,
    )
    .refine((hooks) => Object.keys(hooks).length <= MANIFEST_MAX_HOOKS, {
      error: `A manifest has at most ${MANIFEST_MAX_HOOKS} hooks.`,
    }),
});
export type Manifest = z.infer<typeof manifest>;
