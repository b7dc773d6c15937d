import type { Drawing } from '../define-screen.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { empty } from './parts.ts';
import { link, type View } from './view.ts';

/** There is no such page, or nothing to show on it. */
export function notFound(view: View): Drawing {
  return refusal(
    404,
    'Not found',
    html`There is no such page, or what it showed was deleted when its retention time was over. <a href="${link(view, 'overview')}">To the overview</a>`,
    'Nothing is here',
  );
}

/** The viewer's role lacks permissions of WHMCS. */
export function forbidden(permissions: readonly string[]): Drawing {
  return refusal(
    403,
    'You may not see this',
    html`It needs ${permissionNames(permissions)} in your WHMCS admin role; a full admin grants it under Administrator Roles.`,
  );
}

/** "the permission X", or "the permissions X and Y". */
export function permissionNames(permissions: readonly string[]): Html {
  const names = permissions.map((name, index) => html`${index > 0 ? ' and ' : ''}<em>${name}</em>`);
  return html`${names.length > 1 ? 'the permissions' : 'the permission'} ${names}`;
}

/** A posted form that does nothing, and why. */
export function nothingDone(why: HtmlValue): Drawing {
  return refusal(400, 'Nothing was done', why);
}

function refusal(status: number, title: string, why: HtmlValue, heading = title): Drawing {
  return { status, title, body: empty(heading, why) };
}
