import type { Context } from './context.ts';
import type { Drawing, Screen } from './define-screen.ts';
import { forbidden, notFound } from './html/refusals.ts';
import { matchPath } from './match-path.ts';
import { hasRight, permissionsFor } from './rights.ts';
import { screens } from './screens/index.ts';

/** A page to draw, and whose tab is marked. */
export interface Shown {
  readonly drawing: Drawing;
  /** The path of the page whose tab is marked; undefined for a page without one. */
  readonly tab?: string;
}

/** What an act gives to the page that is shown again after it. */
export interface Returned {
  readonly problems: ReadonlyMap<string, string>;
}

const NOTHING_RETURNED: Returned = { problems: new Map() };

/** The page that was asked for; 403 without the right to it, 404 when there is none. */
export async function showScreen(
  context: Context,
  returned: Returned = NOTHING_RETURNED,
): Promise<Shown> {
  const { view } = context;
  for (const screen of screens) {
    const parameters = matchPath(screen.path, view.request.page);
    if (parameters === undefined) continue;
    if (!hasRight(view.request.viewer, screen.right)) {
      return { drawing: forbidden(permissionsFor(screen.right)) };
    }
    const drawing = await screen.show({ ...context, ...returned }, parameters);
    return drawing === undefined ? { drawing: notFound(view) } : { drawing, tab: tabOf(screen) };
  }
  return { drawing: notFound(view) };
}

function tabOf({ path, tab }: Screen): string {
  return typeof tab === 'string' ? tab : path;
}
