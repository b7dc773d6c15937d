import { expect } from 'vitest';
import { matchPath } from '../../src/pages/match-path.ts';
import { screens } from '../../src/pages/screens/index.ts';
import type { PageVisitor } from './page-visitor.ts';

export interface Visited {
  /** Addresses that were opened, by the path of their page. */
  readonly addresses: ReadonlyMap<string, readonly Address[]>;
  /** Acts for which a form was seen. */
  readonly acts: ReadonlySet<string>;
  /** What the pages showed, by address. */
  readonly html: ReadonlyMap<string, string>;
  /** Links that led to nothing. */
  readonly dead: readonly string[];
}

export interface Address {
  readonly page: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Enough of one page to meet its rows in every state. */
const VISITS_MAX = 25;

/** Opens the addon and follows every link, as somebody would who looks at everything. */
export async function followLinks(fullAdmin: PageVisitor): Promise<Visited> {
  const addresses = new Map<string, Address[]>();
  const seenActs = new Set<string>();
  const dead: string[] = [];
  const shown = new Map<string, string>();
  const seen = new Set<string>();
  const queue: Address[] = [{ page: 'overview', query: {} }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { page, query } = next;
    const key = JSON.stringify([page, query]);
    const path = screens.find((screen) => matchPath(screen.path, page) !== undefined)?.path ?? '';
    const visits = addresses.get(path) ?? [];
    if (seen.has(key) || visits.length >= VISITS_MAX) continue;
    seen.add(key);
    const { status, html } = await fullAdmin.get(page, { ...query });
    if (status !== 200) {
      dead.push(key);
      continue;
    }
    addresses.set(path, [...visits, next]);
    shown.set(key, html);
    expect(
      html.match(/<(script|style)(?![^>]* src=)[^>]*>|<[^>]* (style|on\w+)=/gi),
      key,
    ).toBeNull();
    expect(html, key).not.toMatch(/<script>alert|<b>VIP/);
    for (const [, act = ''] of html.matchAll(/name="act" value="([^"]*)"/g)) seenActs.add(act);
    for (const [, link = ''] of html.matchAll(/<a [^>]*?href="addonmodules\.php\?([^"]*)"/g)) {
      const parameters = new Map(new URLSearchParams(link.replaceAll('&amp;', '&')));
      const to = parameters.get('page') ?? '';
      parameters.delete('module');
      parameters.delete('page');
      // The shim's own page.
      if (to !== 'connection') queue.push({ page: to, query: Object.fromEntries(parameters) });
    }
  }
  return { addresses, acts: seenActs, html: shown, dead };
}
