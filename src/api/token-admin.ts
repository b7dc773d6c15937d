/**
 * How the admin of a token stands now: `gone` or `disabled` in WHMCS; with another role than when the token was made
 * (`other-role`), or with that role, which lost a permission since (`role-lost`); else `proven`.
 */
export type TokenAdmin = 'proven' | 'gone' | 'disabled' | 'other-role' | 'role-lost';

/** What a token remembers of its admin's role, beside how WHMCS has the admin now. */
export interface TokenAndAdmin {
  readonly role_id: number;
  readonly role_permissions: string;
  /** Null when the admin is gone. */
  readonly disabled: number | null;
  readonly roleid: number | null;
}

/** How the admin of a token stands, given what the admin's role allows now. Pure. */
export function tokenAdmin(
  { role_id, role_permissions, disabled, roleid }: TokenAndAdmin,
  permissionsNow: readonly number[],
): TokenAdmin {
  if (disabled === null || roleid === null) return 'gone';
  if (disabled !== 0) return 'disabled';
  if (roleid !== role_id) return 'other-role';
  const had = role_permissions === '' ? [] : role_permissions.split(',').map(Number);
  return had.every((one) => permissionsNow.includes(one)) ? 'proven' : 'role-lost';
}
