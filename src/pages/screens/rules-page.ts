import type { RuleInfo, RuleMode } from '../../rules/engine/index.ts';
import type { Path, Reach } from '../../rules/index.ts';
import { defineScreen } from '../define-screen.ts';
import { buttonForm, postForm } from '../form/post-form.ts';
import { type Html, html } from '../html/html.ts';
import { empty, status } from '../html/parts.ts';
import { link, time, type View } from '../html/view.ts';
import { type RuleEntry, ruleEntries } from '../queries/rule-entries.ts';
import { type FaultRow, listFaults } from '../queries/rule-faults.ts';
import { whmcsConflict } from '../whmcs-conflict.ts';
import { MODES } from './parts/mode-choices.ts';

const PATHS: readonly { readonly path: Path; readonly title: string }[] = [
  { path: 'run', title: 'Our daily run' },
  { path: 'checkout', title: 'Checkout' },
  { path: 'client-form', title: 'Client’s own form' },
  { path: 'mass-payment', title: 'Mass payment' },
  { path: 'admin', title: 'Admin area' },
  { path: 'api', title: 'API' },
];

const REACHES: Readonly<Record<Reach, string>> = {
  enforced: 'enforced',
  'prevented-in-page': 'prevented in the page',
  detected: 'only detected',
};

/** The rules as cards: what each does, how far it reaches, whether it is on. */
export const rulesPage = defineScreen({
  path: 'rules',
  tab: { group: 'Rules', title: 'Rules' },
  right: 'enter',
  async show(context) {
    const { db, view } = context;
    const [rules, faults] = await Promise.all([ruleEntries(context), listFaults(db)]);
    return {
      title: 'Rules',
      body:
        rules.length === 0
          ? empty(
              'No rule was found',
              'The service loads its own rules and those of the folders in CREDITBRIDGE_RULES.',
            )
          : html`<div class="cb-rules">${rules.map((rule) =>
              ruleCard(
                view,
                rule,
                faults.find((fault) => fault.rule === rule.info.id),
              ),
            )}</div>`,
    };
  },
});

function ruleCard(
  view: View,
  { info, mode, stored }: RuleEntry,
  fault: FaultRow | undefined,
): Html {
  return html`<article class="cb-card cb-rule" id="${info.id}">
<header><div><h3>${info.title}</h3>
<p class="cb-quiet"><code>${info.id}</code> · ${info.source === 'built-in' ? 'built in' : info.source}</p></div>
${info.problem === undefined && modeToggle(view, info.id, info.title, mode)}</header>
<p>${info.description}</p>
${info.problem !== undefined && html`<div class="cb-flash cb-bad" role="alert">Could not be loaded: ${info.problem}</div>`}
${fault !== undefined && faultBox(view, fault)}
${mode !== 'off' && conflictBox(view, info)}
${reachList(info.reach)}
${
  info.problem === undefined &&
  html`<footer><span class="cb-quiet">${
    stored === undefined
      ? 'Never set; its defaults would be used.'
      : html`Version ${stored.version}, ${time(view, stored.changedAt)}`
  }</span>
<a class="cb-button cb-primary" href="${link(view, `rules/${info.id}`)}">Settings</a></footer>`
}
</article>`;
}

/** A form for each mode: works without scripts, and the one that holds is told to those who cannot see it. */
function modeToggle(view: View, rule: string, title: string, mode: RuleMode): Html {
  if (!view.mayManage) {
    return status(
      mode === 'on' ? 'good' : 'idle',
      MODES.find((one) => one.mode === mode)?.text ?? mode,
    );
  }
  return html`<div class="cb-mode" role="group" aria-label="What ${title} does">${MODES.map((one) =>
    postForm(view, {
      page: `rules/${rule}`,
      act: 'set-mode',
      className: 'cb-inline',
      body: html`<button type="submit" name="mode" value="${one.mode}" title="${one.hint}" aria-pressed="${
        one.mode === mode ? 'true' : 'false'
      }" class="cb-mode-${one.mode}">${one.text}</button>`,
    }),
  )}</div>`;
}

function faultBox(view: View, fault: FaultRow): Html {
  const paused = fault.pausedAt !== null;
  return html`<div class="cb-flash ${paused ? 'cb-bad' : 'cb-warn'}" role="${paused ? 'alert' : 'status'}">
<p><strong>${paused ? 'Paused after repeated faults.' : `Faulted ${fault.faults} time${fault.faults === 1 ? '' : 's'}.`}</strong>
Last: ${fault.lastFault} (${time(view, fault.lastAt)})</p>
${
  paused &&
  view.mayManage &&
  buttonForm(view, { page: `rules/${fault.rule}`, act: 'resume', label: 'Resume' })
}</div>`;
}

function conflictBox(view: View, info: RuleInfo): Html | undefined {
  const conflict = whmcsConflict(info, view.request.settings);
  return conflict === undefined
    ? undefined
    : html`<div class="cb-flash cb-warn" role="status"><p>${conflict.says} <a href="${link(view, 'credit-settings')}">${conflict.remedy}</a></p></div>`;
}

function reachList(reach: RuleInfo['reach']): Html {
  return html`<ul class="cb-reach" aria-label="How far this rule reaches">${PATHS.map(
    ({ path, title }) => {
      const how = reach[path];
      return (
        how !== undefined && html`<li class="cb-${how}"><span>${title}</span> ${REACHES[how]}</li>`
      );
    },
  )}</ul>`;
}
