import { actorName } from '../operations/index.ts';
import { acts } from './acts/index.ts';
import type { Context } from './context.ts';
import type { Done } from './done.ts';
import { judgeToken, ONCE_TOKEN_HOURS } from './form/once-token.ts';
import { formText } from './form/read-query.ts';
import { html } from './html/html.ts';
import { forbidden, notFound, nothingDone } from './html/refusals.ts';
import { link } from './html/view.ts';
import { matchPath } from './match-path.ts';
import { hasRight, permissionsFor } from './rights.ts';
import { type Shown, showScreen } from './show-screen.ts';

/** Where to go after an act: a query to append to the addon's address. */
export interface Redirect {
  readonly redirect: string;
}

/** Takes a posted form: right, once-token, form, then the act. */
export async function takePost(context: Context): Promise<Redirect | Shown> {
  const { view, admin } = context;
  const { request } = view;
  const name = formText(request, 'act');
  const act = acts.find((one) => one.name === name);
  if (act === undefined) {
    return {
      drawing: nothingDone(
        'This version of Credit Bridge does not know this form. Reload the page and try again.',
      ),
    };
  }
  if (!hasRight(request.viewer, act.right)) {
    return { drawing: forbidden(permissionsFor(act.right)) };
  }
  const parameters = matchPath(act.page, request.page);
  if (parameters === undefined) return { drawing: notFound(view) };
  const verdict = judgeToken(request.form['once'], view.now);
  if (!verdict.ok && act.keepsOldForm === true) {
    return afterwards(context, {
      kind: 'again',
      status: 422,
      flash: {
        level: 'bad',
        text: `Not saved: this form was open for more than ${ONCE_TOKEN_HOURS} hours. Look it over and save it now.`,
      },
      problems: new Map(),
    });
  }
  if (!verdict.ok) {
    const open = html`<a href="${link(view, request.page)}">Open it again</a>`;
    return {
      drawing: nothingDone(
        verdict.why === 'old'
          ? html`This form was open for more than ${ONCE_TOKEN_HOURS} hours. ${open} and send it then.`
          : html`This form has no valid token. ${open}.`,
      ),
    };
  }
  const form = act.form.safeParse(request.form);
  if (!form.success) return { drawing: notFound(view) };
  const doing = { ...context, actor: actorName(admin), token: verdict.token, at: view.now };
  return afterwards(context, await act.do(doing, form.data, parameters));
}

async function afterwards(context: Context, done: Done): Promise<Redirect | Shown> {
  switch (done.kind) {
    case 'missing':
      return { drawing: notFound(context.view) };
    case 'redirect': {
      const query = Object.entries(done.parameters)
        .map(([name, value]) => `&${name}=${encodeURIComponent(String(value))}`)
        .join('');
      return { redirect: `page=${done.page}${query}&said=${done.said}` };
    }
    case 'again': {
      const { kind: _, status, flash, ...returned } = done;
      const shown = await showScreen(context, returned);
      if (shown.tab === undefined) return shown;
      const drawing = { ...shown.drawing, status };
      return { ...shown, drawing: flash === undefined ? drawing : { ...drawing, flash } };
    }
  }
}
