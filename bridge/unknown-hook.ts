import type { FieldValue } from './item.ts';
import { DATA_MAX_MEMBERS, DATA_VALUE_MAX_CHARACTERS } from './limits.ts';
import { fieldName } from './words.ts';

/** What a hook that only a provider's rule listens to may send. `npm run generate` writes the lists for the shim. */

/** Hooks about log-ins, passwords and cards. They are never forwarded, whatever a manifest says. */
export const neverForwardedHooks: ReadonlySet<string> = new Set([
  'ClientLogin',
  'ClientLoginShare',
  'UserLogin',
  'UserLogout',
  'AdminLogin',
  'AuthAdmin',
  'AuthAdminApi',
  'ClientChangePassword',
  'UserChangePassword',
  'AffiliateClickthru',
  'CCUpdate',
  'PreCCUpdate',
]);

/** Endings, in any case, of fields that leave although the manifest does not name them. */
export const forwardedEndings: readonly string[] = ['id', 'amount', 'status', 'type'];

/** Parts, in any case, of the names of fields that never leave. */
export const deniedParts: readonly string[] = [
  'pass',
  'card',
  'cc',
  'cvv',
  'secur',
  'token',
  'secret',
  'hash',
  'iban',
  'bank',
  // The ending `id` would let these through: a session, a log-in, a stored card's reference, a tax number.
  'session',
  'auth',
  'gatewayid',
  'taxid',
  'tax_id',
];

/** Whether a hook of this name may be in a manifest at all. */
export function isForwardedHook(hook: string): boolean {
  return !neverForwardedHooks.has(hook);
}

/** Whether a field of this name stays in WHMCS even if a manifest names it. */
export function isDeniedField(name: string): boolean {
  const lower = name.toLowerCase();
  return deniedParts.some((part) => lower.includes(part));
}

/**
 * The fields of an unknown hook that leave WHMCS, in the order WHMCS gave them.
 *
 * @param fields names from the hook's manifest entry.
 * @returns undefined when the hook is never forwarded.
 */
export function forwardedFields(
  hook: string,
  fields: readonly string[],
  vars: Readonly<Record<string, unknown>>,
): Record<string, FieldValue> | undefined {
  if (!isForwardedHook(hook)) return undefined;
  const leaving = Object.entries(vars).filter((entry): entry is [string, FieldValue] => {
    const [name, value] = entry;
    return mayLeave(name, fields) && isShortScalar(value);
  });
  const shown = leaving.map(([name, value]) => [name, withoutFloat(value)] as const);
  return Object.fromEntries(shown.slice(0, DATA_MAX_MEMBERS));
}

function mayLeave(name: string, fields: readonly string[]): boolean {
  if (isDeniedField(name) || !fieldName.safeParse(name).success) return false;
  const lower = name.toLowerCase();
  return fields.includes(name) || forwardedEndings.some((ending) => lower.endsWith(ending));
}

/** Arrays, objects and long texts stay in WHMCS, because they may hold anything. */
function isShortScalar(value: unknown): value is FieldValue {
  if (typeof value === 'string') return [...value].length <= DATA_VALUE_MAX_CHARACTERS;
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}

/** A float is an amount that WHMCS computed. It leaves as a decimal string. */
function withoutFloat(value: FieldValue): FieldValue {
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(2) : value;
}
