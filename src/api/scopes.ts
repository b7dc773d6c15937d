import { z } from 'zod';

/** What a token may do. `read` needs WHMCS's permission View Credit Log; the others need Manage Credits. */
export const scopes = ['read', 'propose', 'approve'] as const;
export const scope = z.enum(scopes);
export type Scope = z.output<typeof scope>;

/** The scopes of a stored token; one that this version does not know is none. */
export function readScopes(text: string): readonly Scope[] {
  return text.split(' ').filter((one): one is Scope => scope.safeParse(one).success);
}

/** The scopes that an admin with these rights may give a token. */
export function scopesOf(rights: { readonly mayManage: boolean; readonly maySee: boolean }) {
  return scopes.filter((one) => (one === 'read' ? rights.maySee : rights.mayManage));
}

/** The WHMCS permission that a scope requires (whmcs.md §5). */
export function permissionOf(scope: Scope): 'View Credit Log' | 'Manage Credits' {
  return scope === 'read' ? 'View Credit Log' : 'Manage Credits';
}
