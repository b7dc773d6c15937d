import type { RuleInfo, RuleMode } from '../../rules/engine/index.ts';
import { type Draft, draftOfSettings } from '../form/draft.ts';
import { postForm } from '../form/post-form.ts';
import type { Problems } from '../form/read-draft.ts';
import { readSchema } from '../form/read-schema.ts';
import { settingsFields } from '../form/settings-form.ts';
import type { Screen } from '../html/frame.ts';
import { type Html, html } from '../html/html.ts';
import { card, empty } from '../html/parts.ts';
import { link, pageFields, time, type View } from '../html/view.ts';
import type { ClientGroupRow, LayerRow, VersionRow } from '../ports.ts';
import type { LayerAddress } from '../rule-layer.ts';
import { actorText } from '../words/actor-text.ts';
import { modeChoices } from './rules-page.ts';
import { settingsDiff } from './settings-diff.ts';

/** What was typed and found wrong, when a form comes back. */
export interface Returned {
  readonly draft: Draft;
  readonly own: ReadonlySet<string>;
  readonly mode: string;
  readonly reason: string;
  readonly problems: Problems;
}

export interface RulePageFacts {
  readonly info: RuleInfo;
  readonly address: LayerAddress;
  /** What is stored for this layer; undefined when it has nothing of its own yet. */
  readonly stored: LayerRow | undefined;
  /** What the rule does for this layer now. */
  readonly mode: RuleMode;
  /** What applies to this layer now: its own settings over those of the layers above. */
  readonly effective: unknown;
  readonly layers: readonly LayerRow[];
  readonly moreLayers: boolean;
  readonly groups: readonly ClientGroupRow[];
  /** One version more than is shown, so that the last one shown has something to differ from. */
  readonly history: readonly VersionRow[];
  readonly returned?: Returned;
}

export const HISTORY_SHOWN = 10;

/** The settings of one rule, for one layer, with the versions before. */
export function rulePage(view: View, facts: RulePageFacts): Screen {
  const { info, address } = facts;
  return {
    title: info.title,
    tab: 'rules',
    parent: { page: 'rules', title: 'Rules' },
    body: html`<p class="cb-lead">${info.description}</p>
<div class="cb-columns cb-columns-form">
<div>${card(layerTitle(address, facts.groups), settingsForm(view, facts))}</div>
<div>${card('Whom settings are for', layerList(view, facts))}
${card('History', historyList(view, facts))}</div></div>`,
  };
}

/** `Everyone`, `Group Resellers` or `Client #5`. */
function layerTitle({ layer, layerId }: LayerAddress, groups: readonly ClientGroupRow[]): string {
  switch (layer) {
    case 'installation':
      return 'Everyone';
    case 'group':
      return `Group ${groups.find(({ id }) => id === layerId)?.name ?? `#${layerId}`}`;
    case 'client':
      return `Client #${layerId}`;
  }
}

function addressOf({ layer, layerId }: LayerAddress): Readonly<Record<string, string | number>> {
  return layer === 'installation' ? {} : { layer, of: layerId };
}

function settingsForm(view: View, facts: RulePageFacts): Html {
  const { info, address, stored, returned } = facts;
  const field = readSchema(info.settingsJsonSchema);
  const own = returned?.own ?? new Set(stored === undefined ? [] : topLevel(stored.settings));
  const body = html`${modeChoices(returned?.mode ?? facts.mode, view.mayManage)}
${settingsFields(field, {
  draft: returned?.draft ?? draftOfSettings(field, facts.effective),
  problems: returned?.problems ?? new Map(),
  currencies: [...view.currencies.values()],
  editable: view.mayManage,
  ...(address.layer !== 'installation' && { overrides: own }),
})}`;
  if (!view.mayManage) {
    return html`<div class="cb-form">${body}<p class="cb-quiet">To change these you need the permission <em>Manage Credits</em>.</p></div>`;
  }
  return postForm(view, {
    page: `rules/${info.id}`,
    parameters: addressOf(address),
    act: 'save',
    body: html`<input type="hidden" name="version" value="${stored?.version ?? 0}">
${body}
<div class="cb-field"><label for="reason">Why this change?</label>
<input type="text" id="reason" name="reason" maxlength="255" value="${returned?.reason ?? ''}" placeholder="for those who read the history"></div>
<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Save</button>
<a class="cb-button" href="${link(view, 'rules')}">Back</a></div>`,
  });
}

function topLevel(json: string): readonly string[] {
  const settings: unknown = JSON.parse(json);
  return typeof settings === 'object' && settings !== null ? Object.keys(settings) : [];
}

function layerList(view: View, facts: RulePageFacts): Html {
  const page = `rules/${facts.info.id}`;
  const here = ({ layer, layerId }: LayerAddress) =>
    layer === facts.address.layer && layerId === facts.address.layerId;
  const entries: readonly LayerAddress[] = [
    { layer: 'installation', layerId: 0 },
    ...facts.layers.filter(({ layer }) => layer !== 'installation'),
  ];
  return html`<p class="cb-help">The most special settings count: a client’s own, then those of the group, then those for everyone.</p>
<ul class="cb-layers">${entries.map((entry) => {
    const row = facts.layers.find(
      ({ layer, layerId }) => layer === entry.layer && layerId === entry.layerId,
    );
    return html`<li><a href="${link(view, page, addressOf(entry))}"${here(entry) && html` aria-current="true"`}>${layerTitle(entry, facts.groups)}</a>
<span class="cb-quiet">${row === undefined ? 'never set' : row.mode}</span>${
      view.mayManage &&
      row !== undefined &&
      entry.layer !== 'installation' &&
      postForm(view, {
        page,
        parameters: addressOf(entry),
        act: 'remove-layer',
        className: 'cb-inline',
        confirm: `Remove the settings for ${layerTitle(entry, facts.groups)}? The more general ones apply again.`,
        body: html`<button type="submit" class="cb-button cb-small">Remove</button>`,
      })
    }</li>`;
  })}</ul>
${facts.moreLayers && html`<p class="cb-quiet">There are more; type a client’s id to come to its settings.</p>`}
${openLayer(view, page, facts.groups)}`;
}

/** Goes to the settings of a group or client; nothing is stored before they are saved. */
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

function historyList(view: View, { history, info }: RulePageFacts): Html {
  if (history.length === 0) {
    return empty('No change yet', 'Each version is kept here with who changed it, when and why.');
  }
  return html`<ol class="cb-history">${history.slice(0, HISTORY_SHOWN).map(
    (
      version,
      index,
    ) => html`<li><header><strong>Version ${version.version}</strong> <span class="cb-quiet">${time(view, version.changedAt)} · ${actorText(view, version.changedBy)}</span></header>
${version.reason !== '' && html`<p>“${version.reason}”</p>`}
${changes(view, version, history[index + 1], info)}</li>`,
  )}</ol>`;
}

function changes(
  view: View,
  version: VersionRow,
  before: VersionRow | undefined,
  info: RuleInfo,
): Html {
  const codes = new Map([...view.currencies.values()].map(({ id, code }) => [id, code]));
  const lines = settingsDiff(version, before, readSchema(info.settingsJsonSchema), codes);
  return lines.length === 0
    ? html`<p class="cb-quiet">Nothing differs from the version before.</p>`
    : html`<ul class="cb-diff">${lines.map(
        ({ title, from, to }) =>
          html`<li><span>${title}</span> <del>${from}</del> <ins>${to}</ins></li>`,
      )}</ul>`;
}
