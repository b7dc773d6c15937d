import { z } from 'zod';
import type { PageReply, Viewer } from '../../../bridge/index.ts';
import type { Actor } from '../../operations/index.ts';
import type { PagesParts } from '../context.ts';
import { whmcsId } from '../form/form-schema.ts';
import { judgeToken, ONCE_TOKEN_HOURS } from '../form/once-token.ts';
import { type Flash, good, warn } from '../html/flash.ts';
import type { View } from '../html/view.ts';
import { maySeeOwnCredit } from '../rights.ts';
import { creditPage } from './credit-page.ts';

type Parts = PagesParts & { readonly view: View };
type ClientViewer = Extract<Viewer, { kind: 'client' }>;

/** The forms of the client's page: what the client chooses, and about what. */
const forms = z.discriminatedUnion('act', [
  z.object({
    act: z.literal('choose'),
    service: whmcsId.optional(),
    choice: z.enum(['usual', 'keep', 'first']),
  }),
  z.object({ act: z.literal('leave-alone'), invoice: whmcsId }),
  z.object({ act: z.literal('allow-credit'), invoice: whmcsId }),
]);
type Form = z.output<typeof forms>;

const SAID: ReadonlyMap<string, Flash> = new Map([
  ['chosen', good('Saved. It counts from now on; what is on its way already is not stopped.')],
  ['left-alone', good('Noted. No credit is used for this invoice unless you use it yourself.')],
  ['allowed', good('Noted. Credit can be used for this invoice again.')],
  ['repeated', warn('This was sent before. It was done once and was not repeated.')],
]);

/** The sentence for the word in the address. */
export function choiceFlash({ request: { query } }: View): Flash | undefined {
  const said = query['said'];
  return typeof said === 'string' ? SAID.get(said) : undefined;
}

/** Takes a form of the client's page, and goes back to it. Who may not see invoices may not choose either. */
export async function takeChoice(parts: Parts, viewer: ClientViewer): Promise<PageReply> {
  const { view } = parts;
  const again = (text: string) => creditPage(parts, viewer.clientId, true, warn(text));
  if (!maySeeOwnCredit(viewer)) return creditPage(parts, viewer.clientId, false);
  const verdict = judgeToken(view.request.form['once'], view.now);
  if (!verdict.ok) {
    return again(
      `Nothing was changed: this page was open for more than ${ONCE_TOKEN_HOURS} hours, or your browser sent it incompletely. Choose again.`,
    );
  }
  const form = forms.safeParse(view.request.form);
  if (!form.success) return again('Nothing was changed: this form is not known. Choose again.');
  const asked = { actor: actorOf(viewer), reason: '', at: view.now, token: verdict.token };
  const done = await carryOut(parts, viewer.clientId, form.data, asked);
  if (done.outcome === 'refused') return again(`Nothing was changed. ${done.message}`);
  return {
    status: 303,
    title: 'Credit',
    html: '',
    redirect: `page=credit&said=${done.outcome}`,
    waiting: 0,
  };
}

function actorOf({ clientId, userId, masqueradingAdminId: adminId }: ClientViewer): Actor {
  return { kind: 'client', clientId, userId, adminId };
}

type AskedBy = Parameters<PagesParts['operations']['choose']>[1];

async function carryOut(parts: Parts, clientId: number, form: Form, asked: AskedBy) {
  const { operations } = parts;
  switch (form.act) {
    case 'choose': {
      const { service: serviceId = null, choice } = form;
      if (serviceId === null && choice === 'first') return CANNOT_BE_CHOSEN;
      const chosen = await operations.choose({ clientId, serviceId, choice }, asked);
      const isObeyed = chosen.outcome !== 'refused' || chosen.code !== 'nothing-obeys';
      return isObeyed ? chosen : CANNOT_BE_CHOSEN;
    }
    case 'leave-alone':
      return operations.leaveAlone(form.invoice, asked);
    case 'allow-credit':
      return operations.allowCredit(form.invoice, asked);
  }
}

const CANNOT_BE_CHOSEN = {
  outcome: 'refused',
  message: 'This cannot be chosen any more.',
} as const;
