import { postForm } from '../../form/post-form.ts';
import { type Html, html, nothing } from '../../html/html.ts';
import type { View } from '../../html/view.ts';

/** One click takes back the part of a grant whose money went back. @param amount as it is shown; null when it is not known */
export function reclaimButton(view: View, grantId: string, amount: Html | null = null): Html {
  if (!view.mayManage) return nothing;
  return postForm(view, {
    page: `grant/${grantId}`,
    act: 'reclaim-credit',
    body: html`<button type="submit" class="cb-button">Take back ${amount ?? 'that part'}</button>`,
  });
}
