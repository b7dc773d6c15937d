import type { Viewer } from '../../bridge/index.ts';

/** WHMCS's names of the permissions that matter here (whmcs.md §5, `tbladminperms`). */
const MANAGE = 'Manage Credits';
const VIEW = 'View Credit Log';
const FULL = 'Configure Addon Modules';
/** The permission of a client's user to see invoices and payments. */
const INVOICES = 'invoices';

/** Whether this admin may change rules, settings and notices, and replay deliveries. */
export function mayManage(viewer: Viewer): boolean {
  return viewer.kind === 'admin' && viewer.permissions.includes(MANAGE);
}

/** Whether this admin may see decisions and commands: who got how much, and why. */
export function maySee(viewer: Viewer): boolean {
  return mayManage(viewer) || (viewer.kind === 'admin' && viewer.permissions.includes(VIEW));
}

/** Whether this admin looks after the addon itself, others' API tokens among it; the shim's page Connection asks for the same. */
export function isFullAdmin(viewer: Viewer): boolean {
  return viewer.kind === 'admin' && viewer.permissions.includes(FULL);
}

/** Whether this user of a client may see the client's credit. */
export function maySeeOwnCredit(viewer: Viewer): boolean {
  return viewer.kind === 'client' && viewer.permissions.includes(INVOICES);
}
