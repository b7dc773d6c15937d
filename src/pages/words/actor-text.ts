import type { View } from '../html/view.ts';

/** An admin by the name they log in with, and the number: `anna (admin #3)`; one who is gone keeps the number. */
export function adminText({ admins }: Pick<View, 'admins'>, id: number): string {
  const name = admins.get(id);
  return name === undefined ? `admin #${id}` : `${name} (admin #${id})`;
}

/** `admin:1` and its like, as admins say it; never shown to clients. */
export function actorText(view: Pick<View, 'admins'>, actor: string): string {
  const [kind = '', name = ''] = actor.split(/:(.*)/s);
  switch (kind) {
    case 'admin':
      return adminText(view, Number(name));
    case 'cli':
      return `${name} on the command line`;
    case 'service':
      return 'Credit Bridge itself';
    default:
      return actor;
  }
}
