import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Draft, previewSpan } from '../../preview/index.ts';
import { defineAct } from '../define-act.ts';
import { again, missing, redirect } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';
import { ruleMode } from '../rule-layer.ts';
import { besideItsField, readRuleForm } from './parts/read-rule-form.ts';

/** Begins a preview of the settings that stand in the form, saved or not. It changes nothing. */
export const previewRule = defineAct({
  name: 'preview',
  page: 'rules/:rule',
  right: 'manage',
  form: z.object({ mode: text, span: previewSpan }),
  says: { 'preview-begun': good('The preview has begun. Nothing is changed by it.') },
  keepsOldForm: true,
  async do(context, { mode: chosen, span }, { rule }) {
    const read = await readRuleForm(context, rule);
    if (read === undefined) return missing;
    const { address, settings, problems } = read;
    if (problems.size > 0) {
      return again(`No preview was begun. ${besideItsField(problems)}`, problems);
    }
    const mode = ruleMode.safeParse(chosen).data ?? 'off';
    const id = context.newId();
    const draft = { rule, ...address, mode, settings };
    const { adminId } = context.admin;
    const started = await context.previews.start({ id, adminId, draft, span });
    switch (started.outcome) {
      case 'started':
        return redirect(`previews/${id}`, 'done', 'preview-begun');
      case 'busy':
        return again(BUSY);
      case 'running': {
        const { preview } = started;
        // A second click is the same wish.
        const isSame = span === preview.span && isDeepStrictEqual(asStored(draft), preview.draft);
        if (!isSame) return again(ONE_AT_A_TIME);
        return redirect(`previews/${preview.id}`, 'done', 'preview-begun');
      }
    }
  },
});

/** JSON has no undefined members. */
function asStored(draft: Draft): unknown {
  return JSON.parse(JSON.stringify(draft));
}

const ONE_AT_A_TIME =
  'No preview was begun: you have one running. Wait for it, or stop it on its page (see Previews). Everything you typed is still here.';
const BUSY =
  'No preview was begun: other admins have as many running as may run at a time. Try again when one is done. Everything you typed is still here.';
