import type { Viewer } from '../../bridge/index.ts';

/**
 * What an admin may do here: `enter` the addon, which WHMCS has checked; `see` who got how much, and why; `manage` credit,
 * rules, settings and notices; `set-whmcs`, WHMCS's own settings of credit; `configure` what concerns the whole addon, as the
 * shim's page Connection asks for, too.
 */
export type Right = 'enter' | 'see' | 'manage' | 'set-whmcs' | 'configure';

/**
 * WHMCS's permissions that give a right (whmcs.md §5, `tbladminperms`): all of one list. The first list is the one to ask for.
 */
const PERMISSIONS: Readonly<Record<Exclude<Right, 'enter'>, readonly (readonly string[])[]>> = {
  see: [['View Credit Log'], ['Manage Credits']],
  manage: [['Manage Credits']],
  // WHMCS asks for the second one where these settings stand.
  'set-whmcs': [['Manage Credits', 'Configure General Settings']],
  configure: [['Configure Addon Modules']],
};

/** The permission of a client's user to see invoices and payments. */
const INVOICES = 'invoices';

/** Whether this viewer has the right, or one of several. Clients have none of them. */
export function hasRight(viewer: Viewer, right: Right | readonly Right[]): boolean {
  return viewer.kind === 'admin' && [right].flat().some((one) => isGiven(viewer.permissions, one));
}

function isGiven(permissions: readonly string[], right: Right): boolean {
  if (right === 'enter') return true;
  return PERMISSIONS[right].some((names) => names.every((name) => permissions.includes(name)));
}

/** The permissions to ask for where the right, or the first of several, is lacking. */
export function permissionsFor(right: Right | readonly Right[]): readonly string[] {
  const [first = 'manage'] = [right].flat();
  return first === 'enter' ? [] : (PERMISSIONS[first][0] ?? []);
}

/** Whether this user of a client may see the client's credit. */
export function maySeeOwnCredit(viewer: Viewer): boolean {
  return viewer.kind === 'client' && viewer.permissions.includes(INVOICES);
}
