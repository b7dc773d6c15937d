import type { Db } from '../db/index.ts';
import type { Admin, Operations } from '../operations/index.ts';
import type { Previews } from '../preview/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import type { View } from './html/view.ts';
import type { Installation } from './queries/installation.ts';

/** What every request works with. */
export interface PagesParts {
  readonly db: Db;
  readonly rules: Pick<Engine, 'rules' | 'validateSettings'>;
  readonly operations: Operations;
  readonly previews: Pick<Previews, 'start'>;
  readonly now: () => Date;
  /** UUIDv7. */
  readonly newId: () => string;
  /** Digits after the point of a currency, by its code. */
  readonly decimalsOf: (currencyCode: string) => number;
  /** Puts a refused delivery before the rules again; returns its new outcome. */
  readonly replay: (deliveryId: string) => Promise<string>;
}

/** One request of an admin: what pages and acts have at hand. */
export interface Context extends PagesParts {
  readonly view: View;
  /** Who looks. */
  readonly admin: Admin;
  readonly installation: Installation;
}

export interface ScreenContext extends Context {
  /** What an act found wrong, by the input's name; empty unless the page is shown again after a form. */
  readonly problems: ReadonlyMap<string, string>;
}

export interface ActContext extends Context {
  /** The admin as it is stored, `admin:<id>`. */
  readonly actor: string;
  /** The form's once-token, a UUIDv7 that was not judged old. */
  readonly token: string;
  readonly at: Date;
}
