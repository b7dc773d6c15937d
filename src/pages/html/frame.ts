import { type Html, html, nothing } from './html.ts';
import { link, type View } from './view.ts';

/** The tabs, and below those that stand for several pages, their pages. */
const TABS = [
  { title: 'Overview', pages: [{ page: 'overview', title: 'Overview' }] },
  { title: 'Rules', pages: [{ page: 'rules', title: 'Rules' }] },
  { title: 'Clients', pages: [{ page: 'clients', title: 'Clients' }] },
  { title: 'Approvals', pages: [{ page: 'approvals', title: 'Approvals' }] },
  {
    title: 'Differences',
    pages: [
      { page: 'drifts', title: 'Balances' },
      { page: 'findings', title: 'What hooks missed' },
    ],
  },
  {
    title: 'History',
    pages: [
      { page: 'decisions', title: 'Decisions' },
      { page: 'commands', title: 'Commands' },
      { page: 'deliveries', title: 'Deliveries' },
    ],
  },
  {
    title: 'Settings',
    pages: [
      { page: 'credit-settings', title: 'WHMCS settings' },
      { page: 'ledger-settings', title: 'Ledger settings' },
      { page: 'api-tokens', title: 'API tokens' },
    ],
  },
] as const;

export type Tab = (typeof TABS)[number]['pages'][number]['page'];

/** One screenful: what the frame is drawn around. */
export interface Screen {
  readonly title: string;
  readonly tab?: Tab;
  /** The page above this one, for the way back. */
  readonly parent?: { readonly page: string; readonly title: string };
  readonly body: Html;
  /** Shown beside the title. */
  readonly actions?: Html;
}

/** A sentence above the page that says what just happened, or what is wrong. */
export interface Flash {
  readonly level: 'good' | 'warn' | 'bad';
  readonly text: string;
}

/** The page as the shim embeds it: our stylesheet and script are files of the module's folder, nothing is inline. */
export function frame(view: View, screen: Screen, flashes: readonly Flash[]): Html {
  const { assets } = view.request;
  return html`<link rel="stylesheet" href="${assets}/admin.css?v=${view.version}">
<div class="creditbridge">
  ${tabs(view, screen.tab)}
  <main class="cb-page">
    <header class="cb-head">
      <div>${
        screen.parent !== undefined &&
        html`<a class="cb-back" href="${link(view, screen.parent.page)}">${screen.parent.title}</a>`
      }
        <h2>${screen.title}</h2>
      </div>
      ${screen.actions ?? nothing}
    </header>
    ${flashes.map(flashBox)}
    ${screen.body}
    <footer class="cb-zone">Times and days are WHMCS’s, in ${view.zone}.</footer>
  </main>
</div>
<script src="${assets}/admin.js?v=${view.version}" defer></script>`;
}

function tabs(view: View, current: Tab | undefined): Html {
  const open = TABS.find(({ pages }) => pages.some(({ page }) => page === current));
  return html`<nav class="cb-tabs" aria-label="Credit Bridge">
    <ul>${TABS.map((tab) => item(view, tab.pages[0].page, tab.title, tab === open && 'true'))}</ul>
  </nav>${
    open !== undefined &&
    open.pages.length > 1 &&
    html`<nav class="cb-subtabs" aria-label="${open.title}">
    <ul>${open.pages.map(({ page, title }) => item(view, page, title, page === current && 'page'))}</ul>
  </nav>`
  }`;
}

function item(view: View, page: Tab, title: string, current: 'true' | 'page' | false): Html {
  return html`<li><a href="${link(view, page)}"${current !== false && html` aria-current="${current}"`}>${title}</a></li>`;
}

function flashBox(flash: Flash): Html {
  return html`<div class="cb-flash cb-${flash.level}" role="${flash.level === 'bad' ? 'alert' : 'status'}">${flash.text}</div>`;
}
