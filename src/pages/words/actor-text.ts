import type { View } from '../html/view.ts';

/** An admin by login name and number, `anna (admin #3)`; only the number when the admin was deleted. */
export function adminText({ admins }: Pick<View, 'admins'>, id: number): string {
  const name = admins.get(id);
  return name === undefined ? `admin #${id}` : `${name} (admin #${id})`;
}

/** A stored actor such as `admin:1`, in words for admins; never shown to clients. */
export function actorText(view: Pick<View, 'admins'>, actor: string): string {
  const [kind = '', name = ''] = actor.split(/:(.*)/s);
  switch (kind) {
    case 'admin':
      return adminText(view, Number(name));
    case 'rule':
      return `the rule “${name}”`;
    case 'client': {
      const [client, user] = name.split(':');
      return user === undefined ? `client #${client}` : `user #${user} of client #${client}`;
    }
    case 'cli':
      return `${name} on the command line`;
    case 'service':
      return 'Credit Bridge itself';
    default:
      return actor;
  }
}
