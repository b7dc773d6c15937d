import { postForm } from '../../form/post-form.ts';
import { type Html, html } from '../../html/html.ts';
import { link, pageFields, type View } from '../../html/view.ts';
import type { LayerRow } from '../../queries/rule-layers.ts';
import type { LayerAddress } from '../../rule-layer.ts';
import type { ClientGroupRow } from '../rule-page.sql.ts';

/** Layers listed beside the form; more are reached by their id. */
export const LAYERS_SHOWN = 50;

interface Layers {
  readonly rule: string;
  /** The layer whose settings are shown. */
  readonly address: LayerAddress;
  /** Those stored, one more than are shown if there are more. */
  readonly stored: readonly LayerRow[];
  readonly groups: readonly ClientGroupRow[];
}

/** Whom there are settings for, with ways to others. */
export function layerList(view: View, { rule, address, stored, groups }: Layers): Html {
  const page = `rules/${rule}`;
  const shown = stored.slice(0, LAYERS_SHOWN);
  const here = ({ layer, layerId }: LayerAddress) =>
    layer === address.layer && layerId === address.layerId;
  const entries: readonly LayerAddress[] = [
    { layer: 'installation', layerId: 0 },
    ...shown.filter(({ layer }) => layer !== 'installation'),
  ];
  return html`<p class="cb-help">The most specific settings apply: a client’s own, then its group’s, then those for everyone.</p>
<ul class="cb-layers">${entries.map((entry) => {
    const row = shown.find(
      ({ layer, layerId }) => layer === entry.layer && layerId === entry.layerId,
    );
    return html`<li><a href="${link(view, page, addressOf(entry))}"${here(entry) && html` aria-current="true"`}>${layerTitle(entry, groups)}</a>
<span class="cb-quiet">${row === undefined ? 'never set' : row.mode}</span>${
      view.mayManage &&
      row !== undefined &&
      entry.layer !== 'installation' &&
      postForm(view, {
        page,
        parameters: addressOf(entry),
        act: 'remove-layer',
        className: 'cb-inline',
        confirm: `Remove the settings for ${layerTitle(entry, groups)}? The more general ones apply again.`,
        body: html`<button type="submit" class="cb-button cb-small">Remove</button>`,
      })
    }</li>`;
  })}</ul>
${stored.length > LAYERS_SHOWN && html`<p class="cb-quiet">There are more; type a client’s id to open its settings.</p>`}
${openLayer(view, page, groups)}`;
}

/** Opens the settings of a group or client; nothing is stored until they are saved. */
function openLayer(view: View, page: string, groups: readonly ClientGroupRow[]): Html {
  return html`${
    groups.length > 0 &&
    html`<form method="get" action="" class="cb-open">${pageFields(view, page)}<input type="hidden" name="layer" value="group">
<label for="cb-group">Client group</label><select id="cb-group" name="of">${groups.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select>
<button type="submit" class="cb-button">Open</button></form>`
  }
<form method="get" action="" class="cb-open">${pageFields(view, page)}<input type="hidden" name="layer" value="client">
<label for="cb-client">Client id</label><input type="text" inputmode="numeric" pattern="[0-9]+" required id="cb-client" name="of" class="cb-short">
<button type="submit" class="cb-button">Open</button></form>`;
}

/** `Everyone`, `Group Resellers` or `Client #5`. */
export function layerTitle(
  { layer, layerId }: LayerAddress,
  groups: readonly ClientGroupRow[],
): string {
  switch (layer) {
    case 'installation':
      return 'Everyone';
    case 'group':
      return `Group ${groups.find(({ id }) => id === layerId)?.name ?? `#${layerId}`}`;
    case 'client':
      return `Client #${layerId}`;
  }
}

/** The layer as parameters of an address. */
export function addressOf({
  layer,
  layerId,
}: LayerAddress): Readonly<Record<string, string | number>> {
  return layer === 'installation' ? {} : { layer, of: layerId };
}
