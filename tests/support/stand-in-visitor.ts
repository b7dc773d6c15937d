import type { StandIn } from './stand-in.ts';

/** A page as the visitor ended up on, redirects followed. */
export interface VisitedPage {
  readonly status: number;
  /** Path and query, without the host. */
  readonly path: string;
  readonly body: string;
}

/** Somebody with cookies but without a browser: what forms post, with the token of the last page seen. */
export interface Visitor {
  get(path: string): Promise<VisitedPage>;
  /** With `token` in `fields` that one is posted instead. */
  post(
    path: string,
    fields?: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<VisitedPage>;
}

const REDIRECT_LIMIT = 5;

/** A visitor of the stand-in who is not logged in. */
export function visit(standIn: Pick<StandIn, 'url'>): Visitor {
  const cookies = new Map<string, string>();
  let token = '';

  const send = async (url: URL, init: RequestInit, redirects = 0): Promise<VisitedPage> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const body = await response.text();
    if (location !== null && redirects < REDIRECT_LIMIT) {
      return send(new URL(location, url), { method: 'GET' }, redirects + 1);
    }
    token =
      /csrfToken = '([0-9a-f]+)'|name="token" value="([0-9a-f]+)"/
        .exec(body)
        ?.slice(1)
        .find((found) => found !== undefined) ?? token;
    return { status: response.status, path: url.pathname + url.search, body };
  };

  return {
    get: (path) => send(new URL(path, standIn.url), { method: 'GET' }),
    post: (path, fields = {}) => {
      const form = new URLSearchParams({ token });
      for (const [name, value] of Object.entries(fields)) {
        form.delete(name);
        for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
      }
      return send(new URL(path, standIn.url), { method: 'POST', body: form });
    },
  };
}

/** A client's user, logged in; the demonstration data gives all of them one password. */
export async function visitAsClient(
  standIn: Pick<StandIn, 'url'>,
  email: string,
): Promise<Visitor> {
  const visitor = visit(standIn);
  await visitor.get('clientarea.php');
  const page = await visitor.post('dologin.php', { username: email, password: 'client' });
  if (!page.body.includes('Logout')) throw new Error(`${email} could not log in.`);
  return visitor;
}

/** An admin, logged in; in the demonstration data the password is the user name. */
export async function visitAsAdmin(
  standIn: Pick<StandIn, 'url'>,
  username: string,
): Promise<Visitor> {
  const visitor = visit(standIn);
  await visitor.get('admin/login.php');
  const page = await visitor.post('admin/login.php', { username, password: username });
  if (!page.body.includes('Dashboard')) throw new Error(`${username} could not log in.`);
  return visitor;
}
