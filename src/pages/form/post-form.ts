import { type Html, html, nothing } from '../html/html.ts';
import { link, type View } from '../html/view.ts';

interface PostForm {
  /** The page that takes the form. */
  readonly page: string;
  readonly parameters?: Readonly<Record<string, string | number | undefined>>;
  readonly act: string;
  readonly body: Html;
  readonly className?: string;
  /** Asked before it is sent, where scripts run. */
  readonly confirm?: string;
}

/**
 * Enter in a field presses the form's first button. This one sends nothing, because the form stands in no dialog; so whoever
 * sends a form has chosen a button. A disabled one would do for text fields only.
 */
const NOTHING_ON_ENTER = html`<button type="submit" formmethod="dialog" formnovalidate hidden></button>`;

/**
 * A form that changes something, by one act: it carries WHMCS's token, which the shim has WHMCS check, and a once-token of
 * ours, so that a second click or a replay does nothing. Each decision is a form of its own.
 */
export function postForm(view: View, form: PostForm): Html {
  const { token } = view.request;
  return html`<form method="post" action="${link(view, form.page, form.parameters)}" class="${form.className ?? 'cb-form'}"${
    form.confirm !== undefined ? html` data-cb-confirm="${form.confirm}"` : nothing
  }>
${NOTHING_ON_ENTER}<input type="hidden" name="${token.name}" value="${token.value}">
<input type="hidden" name="once" value="${view.newToken()}">
<input type="hidden" name="act" value="${form.act}">
${form.body}
</form>`;
}

/** A form that is one button. */
export function buttonForm(
  view: View,
  form: Omit<PostForm, 'body'> & { readonly label: string; readonly fields?: Html },
): Html {
  return postForm(view, {
    ...form,
    className: 'cb-inline',
    body: html`${form.fields ?? nothing}<button type="submit" class="cb-button">${form.label}</button>`,
  });
}
