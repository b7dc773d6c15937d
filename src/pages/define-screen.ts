import type { ScreenContext } from './context.ts';
import type { Flash } from './html/flash.ts';
import type { Html } from './html/html.ts';
import type { ParametersOf } from './match-path.ts';
import type { Right } from './rights.ts';

/** One page: what the frame is drawn around. */
export interface Drawing {
  readonly title: string;
  /** The page above this one, for the way back. */
  readonly parent?: { readonly page: string; readonly title: string };
  readonly body: Html;
  /** Shown beside the title. */
  readonly actions?: Html;
  /** HTTP status; 200 when absent. */
  readonly status?: number;
  readonly flash?: Flash;
}

/** Pages of one group share a tab of the menu; the first of them opens with it. */
export interface Tab {
  readonly group: string;
  readonly title: string;
}

type Shown = Drawing | undefined | Promise<Drawing | undefined>;

/** A page of the addon, as the list in `screens/index.ts` holds it. */
export interface Screen {
  /** As in the address, with a name for each part that varies: `client/:id`. */
  readonly path: string;
  /** Its own tab, or the path of the page whose tab is marked while this one is shown. */
  readonly tab: Tab | string;
  /** Without it the page is not shown; of several, one is enough. */
  readonly right: Right | readonly Right[];
  /** Draws the page; undefined when there is nothing to show (404). */
  show(context: ScreenContext, parameters: Readonly<Record<string, string>>): Shown;
}

/** Declares a page. The path gives the types of the parameters. */
export function defineScreen<const Path extends string>(
  screen: Omit<Screen, 'path' | 'show'> & {
    readonly path: Path;
    show(context: ScreenContext, parameters: ParametersOf<Path>): Shown;
  },
): Screen {
  return screen as Screen;
}
