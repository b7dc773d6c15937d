import type { Viewer } from '../../bridge/index.ts';

/**
 * What an admin may do here: `enter` the addon, which WHMCS has checked; `see` who got how much, and why; `manage` credit,
 * rules, settings and notices; `configure` what concerns the whole addon, as the shim's page Connection asks for, too.
 */
export type Right = 'enter' | 'see' | 'manage' | 'configure';

/** WHMCS's permissions that give a right (whmcs.md §5, `tbladminperms`); the first is the one to ask for. */
const PERMISSIONS: Readonly<Record<Exclude<Right, 'enter'>, readonly [string, ...string[]]>> = {
  see: ['View Credit Log', 'Manage Credits'],
  manage: ['Manage Credits'],
  configure: ['Configure Addon Modules'],
};

/** The permission of a client's user to see invoices and payments. */
const INVOICES = 'invoices';

/** Whether this viewer has the right, or one of several. Clients have none of them. */
export function hasRight(viewer: Viewer, right: Right | readonly Right[]): boolean {
  if (viewer.kind !== 'admin') return false;
  return [right]
    .flat()
    .some(
      (one) =>
        one === 'enter' || PERMISSIONS[one].some((name) => viewer.permissions.includes(name)),
    );
}

/** The permission to ask for where the right, or the first of several, is lacking. */
export function permissionFor(right: Right | readonly Right[]): string {
  const [first = 'manage'] = [right].flat();
  return first === 'enter' ? '' : PERMISSIONS[first][0];
}

/** Whether this user of a client may see the client's credit. */
export function maySeeOwnCredit(viewer: Viewer): boolean {
  return viewer.kind === 'client' && viewer.permissions.includes(INVOICES);
}
