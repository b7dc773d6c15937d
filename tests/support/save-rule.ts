import type { StandIn } from './stand-in.ts';
import { type Visitor, visitAsAdmin } from './stand-in-visitor.ts';

/** Address of a page of the addon, below the stand-in's. */
export function addonPath(page: string): string {
  return `admin/addonmodules.php?module=creditbridge&page=${page}`;
}

export interface RuleForm {
  readonly mode: 'off' | 'observe' | 'on';
  /** The inputs by name, without their `s/`; what is not named is left empty, a box without a tick, a choice as it stands. */
  readonly inputs: Readonly<Record<string, string>>;
  /** A client group, or everyone. */
  readonly group?: number;
}

/** Saves a rule's settings as the admin does, by the form of the addon page. Throws when the page finds them wrong. */
export async function saveRule(
  standIn: Pick<StandIn, 'url'>,
  rule: string,
  { mode, inputs, group }: RuleForm,
): Promise<void> {
  const admin = await visitAsAdmin(standIn, 'admin');
  const layer = group === undefined ? '' : `&layer=group&of=${group}`;
  const own = [...new Set(Object.keys(inputs).map((name) => name.split('/')[0]))];
  const page = await postAct(admin, `rules/${rule}${layer}`, 'save', {
    mode,
    'without-cap': 'on',
    ...Object.fromEntries(Object.entries(inputs).map(([name, text]) => [`s/${name}`, text])),
    ...(group === undefined ? {} : Object.fromEntries(own.map((name) => [`own/${name}`, 'on']))),
  });
  if (page.path.includes('said=rule-waits')) {
    // The rule may give more by these settings than one admin may do alone.
    const second = await visitAsAdmin(standIn, 'second');
    const agreed = await postAct(second, 'approvals', 'approve-proposal');
    if (!agreed.path.includes('said=approved')) throw new Error(faultsOn(agreed.body));
  } else if (!page.path.includes('said=saved')) {
    throw new Error(`The settings of ${rule} were not saved: ${faultsOn(page.body)}`);
  }
}

/** Posts a form of the addon page with what stands hidden in it and is chosen already, and answers the page after it. */
export async function postAct(
  admin: Visitor,
  page: string,
  act: string,
  fields: Readonly<Record<string, string>> = {},
) {
  const shown = await admin.get(addonPath(page));
  const form = shown.body.split('<form').find((part) => part.includes(`name="act" value="${act}"`));
  if (form === undefined) throw new Error(`The page ${page} has no form for ${act}.`);
  const hidden = form.matchAll(
    /<input type="(?:hidden|radio(?=[^>]* checked))" name="([^"]+)" value="([^"]*)"/g,
  );
  return admin.post(addonPath(page), {
    ...Object.fromEntries([...hidden].map(([, name, value]) => [name, value])),
    ...fields,
  });
}

/** Credit is put on invoices by our rule alone: WHMCS's own automatic use is switched off by the admin's button. */
export async function takeOverAutomaticUse(standIn: Pick<StandIn, 'url'>): Promise<void> {
  const admin = await visitAsAdmin(standIn, 'admin');
  const page = await postAct(admin, 'connection', 'take-over');
  if (!page.body.includes('Automatic Credit Use is off')) throw new Error(faultsOn(page.body));
}

/** What the page complains about, without its HTML. */
function faultsOn(body: string): string {
  const flashes = body.match(/class="(cb-flash|cb-fault|alert)[^>]*>.*?<\/(div|p)>/gs) ?? [body];
  return flashes.join(' ').replaceAll(/<[^>]+>|class="[^>]*>/g, '');
}
