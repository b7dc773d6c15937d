import { v7 } from 'uuid';
import type { PageReply, PageRequest } from '../../bridge/index.ts';

type Render = (request: PageRequest) => Promise<PageReply>;

export interface PageVisitor {
  get(page: string, query?: Record<string, string>): Promise<PageReply>;
  post(page: string, form: Record<string, string>): Promise<PageReply>;
  /** Posts the page's own form for this act, with these fields typed in. */
  send(
    page: string,
    act: string,
    typed: Record<string, string>,
    query?: Record<string, string>,
  ): Promise<PageReply>;
}

/** An admin who asks the service for pages, as the shim would forward it. */
export function visitPages(
  render: Render,
  installation: string,
  adminId: number,
  permissions: readonly string[] = ['Manage Credits'],
): PageVisitor {
  const ask = (page: string, more: Partial<PageRequest>) =>
    render({
      protocol: 1,
      to: 'POST /v1/page',
      installation,
      viewer: { kind: 'admin', adminId, permissions: [...permissions] },
      method: 'GET',
      page,
      query: {},
      form: {},
      base: 'addonmodules.php?module=creditbridge',
      assets: '/modules/addons/creditbridge/assets',
      token: { name: 'token', value: 'whmcs-token' },
      settings: {},
      ...more,
    });
  const get = (page: string, query: Record<string, string> = {}) => ask(page, { query });
  const post = (page: string, form: Record<string, string>) =>
    ask(page, { method: 'POST', form: { once: v7(), ...form } });
  return {
    get,
    post,
    async send(page, act, typed, query = {}) {
      const { html } = await get(page, query);
      const form = { once: v7(), ...hiddenFields(html, act), ...typed };
      return ask(page, { method: 'POST', query, form });
    },
  };
}

/** What stands hidden in the form for this act: the tokens among it. */
export function hiddenFields(html: string, act: string): Record<string, string> {
  const form = html.split('<form').find((part) => part.includes(`name="act" value="${act}"`));
  if (form === undefined) throw new Error(`The page has no form for ${act}.`);
  const inside = form.split('</form>')[0] ?? '';
  const hidden = inside.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g);
  return Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value]));
}
