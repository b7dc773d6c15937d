import { type Html, html, nothing } from './html.ts';
import { link, type View } from './view.ts';

const TABS = [
  { page: 'overview', title: 'Overview' },
  { page: 'rules', title: 'Rules' },
  { page: 'credit-settings', title: 'WHMCS settings' },
  { page: 'clients', title: 'Clients' },
  { page: 'approvals', title: 'Approvals' },
  { page: 'drifts', title: 'Differences' },
  { page: 'ledger-settings', title: 'Ledger settings' },
  { page: 'decisions', title: 'Decisions' },
  { page: 'commands', title: 'Commands' },
  { page: 'deliveries', title: 'Deliveries' },
  { page: 'api-tokens', title: 'API tokens' },
] as const;

export type Tab = (typeof TABS)[number]['page'];

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
  <nav class="cb-tabs" aria-label="Credit Bridge">
    <ul>${TABS.map(
      ({ page, title }) =>
        html`<li><a href="${link(view, page)}"${screen.tab === page && html` aria-current="page"`}>${title}</a></li>`,
    )}</ul>
  </nav>
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
  </main>
</div>
<script src="${assets}/admin.js?v=${view.version}" defer></script>`;
}

function flashBox(flash: Flash): Html {
  return html`<div class="cb-flash cb-${flash.level}" role="${flash.level === 'bad' ? 'alert' : 'status'}">${flash.text}</div>`;
}
