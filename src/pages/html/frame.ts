import type { Drawing } from '../define-screen.ts';
import type { MenuGroup } from '../menu.ts';
import { type Flash, flashBox } from './flash.ts';
import { type Html, html, nothing } from './html.ts';
import { link, type View } from './view.ts';

/** The menu, and the page whose tab is marked. */
export interface MenuState {
  readonly menu: readonly MenuGroup[];
  readonly tab: string | undefined;
}

/** The page as the shim embeds it: our stylesheet and script are files of the module's folder, nothing is inline. */
export function frame(
  view: View,
  menu: MenuState,
  drawing: Drawing,
  flash: Flash | undefined,
): Html {
  const { assets } = view.request;
  return html`<link rel="stylesheet" href="${assets}/admin.css?v=${view.version}">
<div class="creditbridge">
  ${tabs(view, menu)}
  <main class="cb-page">
    <header class="cb-head">
      <div>${
        drawing.parent !== undefined &&
        html`<a class="cb-back" href="${link(view, drawing.parent.page)}">${drawing.parent.title}</a>`
      }
        <h2>${drawing.title}</h2>
      </div>
      ${drawing.actions ?? nothing}
    </header>
    ${flash !== undefined && flashBox(flash)}
    ${drawing.body}
    <footer class="cb-zone">Times and days are WHMCS’s, in ${view.zone}.</footer>
  </main>
</div>
<script src="${assets}/admin.js?v=${view.version}" defer></script>`;
}

function tabs(view: View, { menu, tab: current }: MenuState): Html {
  const open = menu.find(({ pages }) => pages.some(({ page }) => page === current));
  return html`<nav class="cb-tabs" aria-label="Credit Bridge">
    <ul>${menu.map((group) => item(view, group.pages[0]?.page ?? '', group.title, group === open && 'true'))}</ul>
  </nav>${
    open !== undefined &&
    open.pages.length > 1 &&
    html`<nav class="cb-subtabs" aria-label="${open.title}">
    <ul>${open.pages.map(({ page, title }) => item(view, page, title, page === current && 'page'))}</ul>
  </nav>`
  }`;
}

function item(view: View, page: string, title: string, current: 'true' | 'page' | false): Html {
  return html`<li><a href="${link(view, page)}"${current !== false && html` aria-current="${current}"`}>${title}</a></li>`;
}
