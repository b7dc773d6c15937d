/** An admin of WHMCS: one person on the page, by the API and on the command line, where a token of the API says who it is. */
export interface Admin {
  readonly kind: 'admin';
  readonly adminId: number;
}

/** A client, who chooses about the own credit only. */
export interface Client {
  readonly kind: 'client';
  readonly clientId: number;
  /** Which of the client's users; null where a client has none (before WHMCS 8.0). */
  readonly userId: number | null;
  /** The admin who is logged in as the client, and answers for it; null when the client is alone. */
  readonly adminId: number | null;
}

/**
 * Who did something. Whoever moves credit, decides about it or lets it go on is an admin; a shell user without a token can stop
 * things (freeze a client), and is known by the account of the operating system.
 */
export type Actor =
  | Admin
  | Client
  | { readonly kind: 'cli'; readonly user: string }
  | { readonly kind: 'service'; readonly part: string };

/** Width of the columns that name an actor. */
const NAME_MAX = 64;

/** As it is stored: `admin:<id>`, `client:<id>` or `client:<id>:<user>`, `cli:<user>`, `service:<part>`. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'admin':
      return `admin:${actor.adminId}`;
    case 'client':
      if (actor.adminId !== null) return `admin:${actor.adminId}`;
      return `client:${actor.clientId}${actor.userId === null ? '' : `:${actor.userId}`}`;
    case 'cli':
      return `cli:${actor.user}`.slice(0, NAME_MAX);
    case 'service':
      return `service:${actor.part}`.slice(0, NAME_MAX);
  }
}
