import { z } from 'zod';
import { endPreview, findPreview } from '../../preview/index.ts';
import { defineAct } from '../define-act.ts';
import { missing, redirect } from '../done.ts';
import { good } from '../html/flash.ts';

/** Stops a preview; one that has ended stays as it is. */
export const stopPreview = defineAct({
  name: 'stop-preview',
  page: 'previews/:id',
  right: 'manage',
  form: z.object({}),
  says: { 'preview-stopped': good('The preview was told to stop.') },
  async do({ db }, _, { id }) {
    if ((await findPreview(db, id)) === undefined) return missing;
    await endPreview(db, id, { state: 'stopped' });
    return redirect(`previews/${id}`, 'done', 'preview-stopped');
  },
});
