import { hookOf } from '../../../bridge/index.ts';
import { findPreview, type KeptPreview, listPreviews } from '../../preview/index.ts';
import type { RuleInfo } from '../../rules/engine/index.ts';
import { defineScreen } from '../define-screen.ts';
import { draftOfForm, draftOfSettings } from '../form/draft.ts';
import { ownSettings } from '../form/own-settings.ts';
import { postForm } from '../form/post-form.ts';
import { formText, idOf, queryId, queryText, readLayerAddress } from '../form/read-query.ts';
import { readSchema } from '../form/read-schema.ts';
import { settingsFields } from '../form/settings-form.ts';
import { WITHOUT_CAP, withoutCap } from '../form/without-cap.ts';
import { type Html, html } from '../html/html.ts';
import { card } from '../html/parts.ts';
import { link, type View } from '../html/view.ts';
import { effectiveSettings, layersAbove } from '../queries/effective-settings.ts';
import { findLayer, type LayerRow, listLayers, readSettings } from '../queries/rule-layers.ts';
import { type RuleCaution, ruleCautions } from '../rule-cautions.ts';
import type { LayerAddress } from '../rule-layer.ts';
import { unreadable } from '../words/unreadable.ts';
import { addressOf, LAYERS_SHOWN, layerList, layerTitle } from './parts/layer-list.ts';
import { modeChoices } from './parts/mode-choices.ts';
import { PREVIEWS_SHOWN, previewList, SPANS } from './parts/preview-list.ts';
import { ruleHistory, VERSIONS_READ } from './parts/rule-history.ts';
import {
  type ClientGroupRow,
  findVersion,
  hooksWithoutClient,
  layerHistory,
  listClientGroups,
  listProducts,
  type Products,
  type WithoutClient,
} from './rule-page.sql.ts';

/** The settings of one rule, for one layer, with the versions before. */
export const rulePage = defineScreen({
  path: 'rules/:rule',
  tab: 'rules',
  right: 'enter',
  async show({ db, view, rules, installation, problems, admin }, { rule }) {
    const info = rules.rules().find(({ id }) => id === rule);
    const address = readLayerAddress(view.request);
    if (info === undefined || address === undefined) return undefined;
    // Built-in rules name only hooks of the catalogue, beside points of ours.
    const ownHooks =
      info.source === 'built-in' ? [] : info.on.filter((point) => hookOf(point) === undefined);
    const previewId = queryText(view.request, 'preview');
    const against = queryId(view.request, 'against');
    const [
      above,
      own,
      stored,
      groups,
      products,
      history,
      other,
      withoutClient,
      previews,
      previewed,
    ] = await Promise.all([
      layersAbove(db, rule, address),
      findLayer(db, rule, address.layer, address.layerId),
      listLayers(db, rule, LAYERS_SHOWN + 1),
      listClientGroups(db),
      listProducts(db),
      layerHistory(db, rule, address, VERSIONS_READ),
      against === undefined ? undefined : findVersion(db, rule, address, against),
      hooksWithoutClient(db, ownHooks),
      view.maySee
        ? listPreviews(db, { rule, ...address }, { adminId: admin.adminId, limit: PREVIEWS_SHOWN })
        : [],
      previewId === undefined || !view.maySee ? undefined : findPreview(db, previewId),
    ]);
    // Of this rule and layer only: the address can be anybody's.
    const tried = previewed !== undefined && isOf(previewed, rule, address) ? previewed : undefined;
    const layers = own === undefined ? above : [...above, own];
    const cautions = await ruleCautions(info, effectiveSettings(info.defaults, layers), {
      rules,
      installation,
    });
    const asksCap = problems.has(WITHOUT_CAP);
    const restoring =
      formText(view.request, 'act') === 'restore'
        ? idOf(formText(view.request, 'version'))
        : undefined;
    const form = settingsForm(view, {
      info,
      address,
      above,
      own,
      groups,
      products,
      problems,
      tried,
      asksCap: asksCap && restoring === undefined,
    });
    return {
      title: info.title,
      parent: { page: 'rules', title: 'Rules' },
      body: html`<p class="cb-lead">${info.description}</p>
${cautions.map((one) => caution(view, one))}
${withoutClient.map(neverAsked)}
<div class="cb-columns cb-columns-form">
<div>${card(layerTitle(address, groups), form)}</div>
<div>${card('Whom settings are for', layerList(view, { rule, address, stored, groups }))}
${previews.length > 0 && card('Previews', previewList(view, rule, previews))}
${card(
  'History',
  ruleHistory(view, info, history, {
    address,
    against: against === undefined ? undefined : { version: against, row: other },
    asksCapOf: asksCap ? restoring : undefined,
  }),
)}</div></div>`,
    };
  },
});

function isOf({ draft }: KeptPreview, rule: string, { layer, layerId }: LayerAddress): boolean {
  return draft.rule === rule && draft.layer === layer && draft.layerId === layerId;
}

function caution(view: View, { says, remedy }: RuleCaution): Html {
  return html`<div class="cb-flash cb-warn" role="status"><p>${says}${
    remedy !== undefined && html` <a href="${link(view, remedy.page)}">${remedy.text}</a>`
  }</p></div>`;
}

/** A hook that names no client is taken, and its rule is not asked: somebody has to say so. */
function neverAsked({ hook, times }: WithoutClient): Html {
  const often = times === 1 ? 'once' : `${times} times`;
  return html`<div class="cb-flash cb-warn" role="status"><p>The hook ${hook} came ${often} lately without naming a client whom WHMCS has, so this rule was not asked. Where another field holds the client’s id, the rule can say so: <code>hook('${hook}', { client: '…' })</code>.</p></div>`;
}

interface FormFacts {
  readonly info: RuleInfo;
  readonly address: LayerAddress;
  /** The more general layers that apply to this one. */
  readonly above: readonly LayerRow[];
  /** What is stored for this layer; undefined when it has nothing of its own yet. */
  readonly own: LayerRow | undefined;
  readonly groups: readonly ClientGroupRow[];
  readonly products: Products;
  readonly problems: ReadonlyMap<string, string>;
  /** A preview whose settings stand in the form instead of what is stored. */
  readonly tried: KeptPreview | undefined;
  /** Whether these settings were not saved because they have no cap for the period. */
  readonly asksCap: boolean;
}

/** The form with what is stored, with what was tried, or with what was typed when it is shown again. */
function settingsForm(
  view: View,
  { info, address, above, own, groups, products, problems, tried, asksCap }: FormFacts,
): Html {
  const { request } = view;
  const field = readSchema(info.settingsJsonSchema);
  const isTyped =
    request.method === 'POST' && ['save', 'preview'].includes(formText(request, 'act'));
  const layers = own === undefined ? above : [...above, own];
  const shownMode = tried?.draft.mode ?? layers.at(-1)?.mode ?? 'off';
  // A mode that could not be set by one click is set with the settings that it needs.
  const isMode = request.method === 'POST' && formText(request, 'act') === 'set-mode';
  const mode = isTyped || isMode ? formText(request, 'mode') : shownMode;
  const ownSettingsShown =
    tried?.draft.settings ?? (own === undefined ? {} : (readSettings(own.settings) ?? {}));
  const effective = effectiveSettings(info.defaults, tried === undefined ? layers : above);
  const broken = layers.filter(({ settings }) => readSettings(settings) === undefined);
  const overrides = isTyped ? ownSettings(request, field) : new Set(Object.keys(ownSettingsShown));
  const body = html`${broken.map(
    (row) =>
      html`<p class="cb-fault">${unreadable(
        `Version ${row.version} of the settings for ${layerTitle(row, groups).toLowerCase()}`,
        'The rule is not asked until it is saved anew or removed.',
      )}</p>`,
  )}${modeChoices(mode, view.mayManage)}
${settingsFields(field, {
  draft: isTyped
    ? draftOfForm(request.form)
    : draftOfSettings(field, { ...effective, ...tried?.draft.settings }),
  problems,
  currencies: [...view.currencies.values()],
  things: {
    ...products,
    'client-group': [
      { id: 0, title: 'In no group' },
      ...groups.map(({ id, name }) => ({ id, title: name })),
    ],
    currency: [...view.currencies.values()].map(({ id, code }) => ({ id, title: code })),
  },
  editable: view.mayManage,
  ...(address.layer !== 'installation' && { overrides }),
})}`;
  if (!view.mayManage) {
    return html`<div class="cb-form">${body}<p class="cb-quiet">To change these you need the permission <em>Manage Credits</em>.</p></div>`;
  }
  return postForm(view, {
    page: `rules/${info.id}`,
    parameters: addressOf(address),
    act: 'save',
    body: html`<input type="hidden" name="version" value="${own?.version ?? 0}">
${body}
${asksCap && withoutCap()}
<div class="cb-field"><label for="reason">Why this change?</label>
<input type="text" id="reason" name="reason" maxlength="255" value="${isTyped ? formText(request, 'reason') : ''}" placeholder="shown in the history"></div>
<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Save</button>
<a class="cb-button" href="${link(view, 'rules')}">Back</a></div>
${previewChoice(isTyped ? formText(request, 'span') : (tried?.span ?? 'past'))}`,
  });
}

/** The one button beside the form's own: it sends what stands in the form to another act, which changes nothing. */
function previewChoice(chosen: string): Html {
  const radio = ([span, title]: readonly [string, string]) =>
    html`<label class="cb-radio"><input type="radio" name="span" value="${span}"${span === chosen && html` checked`}><span>${title}</span></label>`;
  return html`<div class="cb-field cb-try"><fieldset aria-describedby="cb-try-help"><legend>Try them first</legend>
<p class="cb-help" id="cb-try-help">What the settings above would do, saved or not, as if the rule were on. Nothing is changed.</p>
<div class="cb-radios">${Object.entries(SPANS).map(radio)}</div>
<button type="submit" name="act" value="preview" class="cb-button">Preview these settings</button></fieldset></div>`;
}
