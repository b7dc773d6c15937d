import type { RuleInfo } from '../../../rules/engine/index.ts';
import { buttonForm } from '../../form/post-form.ts';
import { readSchema } from '../../form/read-schema.ts';
import { type Html, html } from '../../html/html.ts';
import { empty } from '../../html/parts.ts';
import { time, type View } from '../../html/view.ts';
import { readSettings } from '../../queries/rule-layers.ts';
import type { LayerAddress } from '../../rule-layer.ts';
import { actorText } from '../../words/actor-text.ts';
import { unreadable } from '../../words/unreadable.ts';
import type { VersionRow } from '../rule-page.sql.ts';
import { addressOf } from './layer-list.ts';
import { settingsDiff } from './settings-diff.ts';

const SHOWN = 10;
/** One version more than is shown, so that the last one shown has something to differ from. */
export const VERSIONS_READ = SHOWN + 1;

/** The versions of one layer, each with what it changed, and with a way back to it. */
export function ruleHistory(
  view: View,
  info: RuleInfo,
  history: readonly VersionRow[],
  address: LayerAddress,
): Html {
  if (history.length === 0) {
    return empty('No change yet', 'Each version is kept here with who changed it, when and why.');
  }
  return html`<ol class="cb-history">${history.slice(0, SHOWN).map(
    (
      version,
      index,
    ) => html`<li><header><strong>Version ${version.version}</strong> <span class="cb-quiet">${time(view, version.changedAt)} · ${actorText(view, version.changedBy)}</span></header>
${version.reason !== '' && html`<p>“${version.reason}”</p>`}
${changes(view, version, history[index + 1], info)}${
  index > 0 &&
  view.mayManage &&
  mayReturn(version) &&
  restoreForm(view, info, address, version, history[0])
}</li>`,
  )}</ol>`;
}

function mayReturn({ mode, settings }: VersionRow): boolean {
  return mode !== 'removed' && readSettings(settings) !== undefined;
}

function restoreForm(
  view: View,
  { id }: RuleInfo,
  address: LayerAddress,
  { version }: VersionRow,
  newest: VersionRow | undefined,
): Html {
  const seen = newest === undefined || newest.mode === 'removed' ? 0 : newest.version;
  return buttonForm(view, {
    page: `rules/${id}`,
    parameters: addressOf(address),
    act: 'restore',
    label: `Restore version ${version}`,
    fields: html`<input type="hidden" name="version" value="${version}"><input type="hidden" name="seen" value="${seen}">`,
  });
}

function changes(
  view: View,
  version: VersionRow,
  before: VersionRow | undefined,
  info: RuleInfo,
): Html {
  const broken = [version, before].find(
    (one) => one !== undefined && readSettings(one.settings) === undefined,
  );
  if (broken !== undefined) {
    const remedy = 'So what changed is not known.';
    return html`<p class="cb-fault">${unreadable(`Version ${broken.version}`, remedy)}</p>`;
  }
  const codes = new Map([...view.currencies.values()].map(({ id, code }) => [id, code]));
  const lines = settingsDiff(version, before, readSchema(info.settingsJsonSchema), codes);
  return lines.length === 0
    ? html`<p class="cb-quiet">Nothing differs from the version before.</p>`
    : html`<ul class="cb-diff">${lines.map(
        ({ title, from, to }) =>
          html`<li><span>${title}</span> <del>${from}</del> <ins>${to}</ins></li>`,
      )}</ul>`;
}
