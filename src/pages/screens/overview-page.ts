import { readEpoch } from '../../books/index.ts';
import { listApprovals } from '../../operations/index.ts';
import { tellDoubt } from '../../today/index.ts';
import { defineScreen } from '../define-screen.ts';
import { buttonForm } from '../form/post-form.ts';
import { checkHealth, type HealthCheck } from '../health.ts';
import { type Html, html } from '../html/html.ts';
import { dayText, duration, moment, parseUtc, startOfDay } from '../html/moment.ts';
import { card, count, empty, groupThousands, status } from '../html/parts.ts';
import { accountLink, invoiceLink, link, moneyText, time, type View } from '../html/view.ts';
import type { Capped } from '../queries/paging.ts';
import { type RuleEntry, ruleEntries } from '../queries/rule-entries.ts';
import { readHealth } from '../read-health.ts';
import { whmcsConflict } from '../whmcs-conflict.ts';
import {
  countOpen,
  type Figures,
  figuresSince,
  latestDecisions,
  latestRun,
  type NoticeRow,
  openNotices,
  type RunRow,
} from './overview-page.sql.ts';
import { decisionList } from './parts/decision-list.ts';

/** Notices shown at once; the rest come up as these are acknowledged. */
const NOTICES_SHOWN = 10;
/** Decisions shown below the figures: a glance, not the list. */
const DECISIONS_SHOWN = 5;

/** Whether everything is all right, what happened today, and what waits for an admin. */
export const overviewPage = defineScreen({
  path: 'overview',
  tab: { group: 'Overview', title: 'Overview' },
  right: 'enter',
  async show(context) {
    const { db, view, installation } = context;
    const rules = await ruleEntries(context);
    const { now, zone } = view;
    const [health, run, figures, notices, latest, proposals, epoch, open] = await Promise.all([
      readHealth(db, now),
      latestRun(db),
      figuresSince(db, startOfDay(now, zone)),
      openNotices(db, NOTICES_SHOWN),
      view.maySee ? latestDecisions(db, DECISIONS_SHOWN) : [],
      listApprovals(db, { pending: true }, undefined, 1),
      readEpoch(db),
      countOpen(db),
    ]);
    const { commands } = health;
    const checks = checkHealth({
      ...health,
      installation,
      conflicts: rules.flatMap(({ info, mode }) => {
        const conflict = mode === 'off' ? undefined : whmcsConflict(info, view.request.settings);
        return conflict === undefined ? [] : [{ ...conflict, rule: info.title }];
      }),
      ledger: { epoch, open },
      serviceVersion: view.version,
    });
    return {
      title: 'Overview',
      body: html`${dayQuestion(view)}${
        proposals.rows.length > 0 &&
        html`<div class="cb-flash cb-warn" role="status">Proposals wait for an admin. <a href="${link(view, 'approvals')}">To the approvals</a></div>`
      }${tiles(view, figures, commands.open)}
<div class="cb-columns">
  <div>${notices.length > 0 && card('Notices', noticeList(view, notices))}
    ${card('Health', healthList(view, checks), verdict(checks))}</div>
  <div>${card('Daily run', runFacts(view, run))}
    ${view.maySee && card('Latest decisions', latest.length === 0 ? noDecisions(view, rules) : decisionList(view, latest), latest.length > 0 && html`<a href="${link(view, 'decisions')}">All decisions</a>`)}</div>
</div>`,
    };
  },
});

/** Asks the admin while WHMCS's date is doubtful. */
function dayQuestion(view: View): Html | undefined {
  const { doubt } = view.today;
  if (doubt === null) return undefined;
  return html`<div class="cb-flash cb-warn" role="status"><p><strong>Is today ${dayText(doubt.date)}?</strong> ${tellDoubt(doubt)}</p>${
    view.mayManage &&
    buttonForm(view, {
      page: 'overview',
      act: 'confirm-day',
      label: `Yes, it is ${dayText(doubt.date)}`,
      fields: html`<input type="hidden" name="date" value="${doubt.date}">`,
      confirm: `Credit that expired before ${dayText(doubt.date)} will be removed. Is that date right?`,
    })
  }</div>`;
}

function tiles(view: View, figures: Figures, open: Capped): Html {
  return html`<div class="cb-tiles">
${tile('Credit applied today', sumOf(view, figures, 'applied'), timesOf(figures, 'applied', 'invoice'))}
${tile('Credit granted today', sumOf(view, figures, 'granted'), timesOf(figures, 'granted', 'grant'))}
${tile('Deposits blocked today', [String(countOf(figures, 'cancelled'))], 'outside the limits, cancelled unpaid')}
${tile('Waiting for WHMCS', [count(open)], html`<a href="${link(view, 'commands', { state: 'open' })}">commands</a>`)}
</div>${figures.more && html`<p class="cb-quiet">Only today’s newest commands are added up here; there were more.</p>`}`;
}

function tile(title: string, values: readonly string[], note: Html | string): Html {
  return html`<div class="cb-tile"><h3>${title}</h3>${values.map((value) => html`<strong>${value}</strong>`)}<small>${note}</small></div>`;
}

function sumOf(view: View, figures: Figures, kind: 'applied' | 'granted'): readonly string[] {
  const sums = figures.sums.filter((sum) => sum.kind === kind);
  if (sums.length > 0) {
    return sums.map((sum) => moneyText(view, sum.hundredths, sum.currencyId));
  }
  const main = [...view.currencies.values()].find((currency) => currency.isDefault);
  return [moneyText(view, 0n, main?.id ?? null)];
}

function countOf(figures: Figures, kind: Figures['sums'][number]['kind']): number {
  return figures.sums
    .filter((sum) => sum.kind === kind)
    .reduce((total, sum) => total + sum.count, 0);
}

function timesOf(figures: Figures, kind: 'applied' | 'granted', noun: string): string {
  const times = countOf(figures, kind);
  return times === 0
    ? `no ${noun} yet`
    : `${groupThousands(times)} ${noun}${times === 1 ? '' : 's'}`;
}

function verdict(checks: readonly HealthCheck[]): Html {
  const bad = checks.filter(({ level }) => level === 'bad').length;
  const warn = checks.filter(({ level }) => level === 'warn').length;
  if (bad > 0) {
    return status('bad', bad === 1 ? 'One thing is wrong' : `${bad} things are wrong`);
  }
  return warn > 0
    ? status('warn', warn === 1 ? 'One thing to look at' : `${warn} things to look at`)
    : status('good', 'All is well');
}

function healthList(view: View, checks: readonly HealthCheck[]): Html {
  return html`<ul class="cb-health">${checks.map(
    (check) => html`<li class="cb-${check.level}">${status(check.level, check.name)}
<div><span>${check.says}</span>${check.remedy !== undefined && html`<small>${check.remedy}</small>`}${
      check.where !== undefined &&
      html`<a href="${link(view, check.where.page, check.where.parameters)}">${check.where.title}</a>`
    }</div></li>`,
  )}</ul>`;
}

function noticeList(view: View, notices: readonly NoticeRow[]): Html {
  return html`<ul class="cb-notices">${notices.map(
    (
      notice,
    ) => html`<li>${status(notice.level === 'warning' ? 'warn' : 'idle', notice.level === 'warning' ? 'Warning' : 'Note')}
<p>${
      view.maySee || (notice.clientId === null && notice.invoiceId === null)
        ? notice.text
        : html`Something about one client. What it says needs the permission <em>View Credit Log</em>.`
    }</p>
<footer>${time(view, notice.createdAt)} ${accountLink(view, notice.clientId)} ${invoiceLink(view, notice.invoiceId)} ${
      notice.fact.startsWith('drift:') &&
      html`<a href="${link(view, `drifts/${notice.clientId}`)}">Look into it</a>`
    }
${
  view.mayManage &&
  buttonForm(view, {
    page: 'overview',
    act: 'acknowledge-notice',
    label: 'Acknowledge',
    fields: html`<input type="hidden" name="fact" value="${notice.fact}">`,
  })
}</footer></li>`,
  )}</ul>`;
}

function runFacts(view: View, run: RunRow | undefined): Html {
  if (run === undefined || run.localDate !== view.today.date) {
    return empty(
      'Not started today',
      html`It begins with the next call of WHMCS’s cron, before cards are captured and services suspended.${
        run !== undefined && html` The last run was for ${dayText(run.localDate)}.`
      }`,
    );
  }
  const { commands: planned, open } = run;
  const left = Math.min(open.count, planned);
  const done = planned - left;
  return html`<div class="cb-run">
<p>${
    run.state === 'planning'
      ? status('idle', 'Planning')
      : left > 0
        ? status('idle', 'Working')
        : status('good', run.state === 'closed' ? 'Finished' : 'Nothing left')
  }</p>
<progress max="${Math.max(planned, 1)}" value="${planned === 0 ? 1 : done}" aria-label="Commands of today’s run that are settled">${done} of ${planned}</progress>
<dl class="cb-facts">
<div><dt>Decisions</dt><dd>${groupThousands(run.decisions)}</dd></div>
<div><dt>Planned commands</dt><dd>${groupThousands(run.commands)}</dd></div>
<div><dt>Left</dt><dd>${groupThousands(left)}${open.more && '+'}</dd></div>
<div><dt>Began</dt><dd>${time(view, run.startedAt)}</dd></div>
${left > 0 && html`<div><dt>Estimated end</dt><dd>${estimatedEnd(view, run, done, left)}</dd></div>`}
</dl></div>`;
}

/** Estimated from the speed so far. */
function estimatedEnd(view: View, run: RunRow, done: number, left: number): Html {
  const passed = view.now.getTime() - parseUtc(run.startedAt).getTime();
  if (done === 0 || passed <= 0) {
    return html`Too early to say`;
  }
  const remaining = (passed / done) * left;
  return html`${moment(new Date(view.now.getTime() + remaining), view.zone)} (in ${duration(remaining / 1000)})`;
}

function noDecisions(view: View, rules: readonly RuleEntry[]): Html {
  return rules.some(({ mode }) => mode !== 'off')
    ? empty(
        'Nothing decided yet',
        'Rules decide when an invoice is created, a deposit is paid or an invoice falls due.',
      )
    : empty(
        'All rules are off',
        html`<a href="${link(view, 'rules')}">Turn a rule to <em>Observe</em></a> to see what it would do, without doing it.`,
      );
}
