import type { Screen } from './define-screen.ts';

/** A tab of the menu with its pages; several pages are shown as a second row below it. */
export interface MenuGroup {
  readonly title: string;
  readonly pages: readonly { readonly page: string; readonly title: string }[];
}

/** The menu: all pages with a tab of their own, by group, in the order of the list. */
export function menuOf(screens: readonly Screen[]): readonly MenuGroup[] {
  const groups = new Map<string, { page: string; title: string }[]>();
  for (const { path, tab } of screens) {
    if (typeof tab === 'string') continue;
    const pages = groups.get(tab.group) ?? [];
    pages.push({ page: path, title: tab.title });
    groups.set(tab.group, pages);
  }
  return [...groups].map(([title, pages]) => ({ title, pages }));
}
