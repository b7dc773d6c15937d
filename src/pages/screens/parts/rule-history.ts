import type { RuleInfo } from '../../../rules/engine/index.ts';
import { buttonForm } from '../../form/post-form.ts';
import { readSchema } from '../../form/read-schema.ts';
import { withoutCap } from '../../form/without-cap.ts';
import { type Html, html } from '../../html/html.ts';
import { empty } from '../../html/parts.ts';
import { link, pageFields, time, type View } from '../../html/view.ts';
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

/** The version that all others are compared with instead of the one before each. */
export interface Against {
  readonly version: number;
  /** Undefined when there is none of this number. */
  readonly row: VersionRow | undefined;
}

interface Shown {
  readonly address: LayerAddress;
  readonly against: Against | undefined;
  /** The version that was not restored because it has no cap for the period. */
  readonly asksCapOf: number | undefined;
}

/** The versions of one layer, each with what it changed or how it differs from one of them, and with a way back to it. */
export function ruleHistory(
  view: View,
  info: RuleInfo,
  history: readonly VersionRow[],
  { address, against, asksCapOf }: Shown,
): Html {
  if (history.length === 0) {
    return empty('No change yet', 'Each version is kept here with who changed it, when and why.');
  }
  const other = against?.row;
  return html`${history.length > 1 && compareForm(view, info, address, against)}<ol class="cb-history">${history
    .slice(0, SHOWN)
    .map(
      (
        version,
        index,
      ) => html`<li><header><strong>Version ${version.version}</strong> <span class="cb-quiet">${time(view, version.changedAt)} · ${actorText(view, version.changedBy)}</span></header>
${version.reason !== '' && html`<p>“${version.reason}”</p>`}
${
  version.version === other?.version
    ? html`<p class="cb-quiet">The others are compared with this one.</p>`
    : changes(view, version, other ?? history[index + 1], info, other !== undefined)
}${
  index > 0 &&
  view.mayManage &&
  mayReturn(version) &&
  restoreForm(view, info, address, {
    version: version.version,
    newest: history[0],
    asksCap: version.version === asksCapOf,
  })
}</li>`,
    )}</ol>`;
}

function compareForm(
  view: View,
  { id }: RuleInfo,
  address: LayerAddress,
  against: Against | undefined,
): Html {
  const page = `rules/${id}`;
  const hidden = Object.entries(addressOf(address)).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="get" action="" class="cb-open">${pageFields(view, page)}${hidden}
<label for="against">Compare with version</label> <input type="text" inputmode="numeric" pattern="[0-9]+" required id="against" name="against" class="cb-short" value="${against?.version}"> <button type="submit" class="cb-button">Compare</button></form>${
    against !== undefined &&
    html`<p><a href="${link(view, page, addressOf(address))}">Compare each with the one before</a></p>`
  }${
    against !== undefined &&
    against.row === undefined &&
    html`<p class="cb-fault">There is no version ${against.version} of these settings. Each is compared with the one before.</p>`
  }`;
}

function mayReturn({ mode, settings }: VersionRow): boolean {
  return mode !== 'removed' && readSettings(settings) !== undefined;
}

function restoreForm(
  view: View,
  { id }: RuleInfo,
  address: LayerAddress,
  {
    version,
    newest,
    asksCap,
  }: {
    readonly version: number;
    readonly newest: VersionRow | undefined;
    readonly asksCap: boolean;
  },
): Html {
  const seen = newest === undefined || newest.mode === 'removed' ? 0 : newest.version;
  return buttonForm(view, {
    page: `rules/${id}`,
    parameters: addressOf(address),
    act: 'restore',
    label: `Restore version ${version}`,
    fields: html`<input type="hidden" name="version" value="${version}"><input type="hidden" name="seen" value="${seen}">${asksCap && withoutCap()}`,
  });
}

function changes(
  view: View,
  version: VersionRow,
  before: VersionRow | undefined,
  info: RuleInfo,
  isChosen: boolean,
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
    ? html`<p class="cb-quiet">Nothing differs from ${isChosen ? `version ${before?.version}` : 'the version before'}.</p>`
    : html`<ul class="cb-diff">${lines.map(
        ({ title, from, to }) =>
          html`<li><span>${title}</span> <del>${from}</del> <ins>${to}</ins></li>`,
      )}</ul>`;
}
