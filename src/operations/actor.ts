/**
 * Who acts. A token of the API stands for the admin who made it, so an admin is one person on the page and in the API. A
 * user of the command line can propose and look, never approve.
 */
export type Actor =
  | { readonly kind: 'admin'; readonly adminId: number }
  | { readonly kind: 'cli'; readonly user: string }
  | { readonly kind: 'service'; readonly part: string };

/** Width of the columns that name an actor. */
const NAME_MAX = 64;

/** As it is stored: `admin:<id>`, `cli:<user>`, `service:<part>`. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'admin':
      return `admin:${actor.adminId}`;
    case 'cli':
      return `cli:${actor.user}`.slice(0, NAME_MAX);
    case 'service':
      return `service:${actor.part}`.slice(0, NAME_MAX);
  }
}
