import type { RuleInfo } from '../../../rules/engine/index.ts';
import { readSchema } from '../../form/read-schema.ts';
import { type Html, html } from '../../html/html.ts';
import { empty } from '../../html/parts.ts';
import { time, type View } from '../../html/view.ts';
import { readSettings } from '../../queries/rule-layers.ts';
import { actorText } from '../../words/actor-text.ts';
import { unreadable } from '../../words/unreadable.ts';
import type { VersionRow } from '../rule-page.sql.ts';
import { settingsDiff } from './settings-diff.ts';

const SHOWN = 10;
/** One version more than is shown, so that the last one shown has something to differ from. */
export const VERSIONS_READ = SHOWN + 1;

/** The versions of one layer, each with what it changed. */
export function ruleHistory(view: View, info: RuleInfo, history: readonly VersionRow[]): Html {
  if (history.length === 0) {
    return empty('No change yet', 'Each version is kept here with who changed it, when and why.');
  }
  return html`<ol class="cb-history">${history.slice(0, SHOWN).map(
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
