import { z } from 'zod';
import { confirmDay } from '../confirm-day.ts';
import { defineAct } from '../define-act.ts';
import { redirect } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { good, warn } from '../html/flash.ts';

/** Confirms the date that the overview asks about. */
export const confirmShownDay = defineAct({
  name: 'confirm-day',
  page: 'overview',
  right: 'manage',
  form: z.object({ date: text }),
  says: {
    'day-confirmed': good('Confirmed. The next call of WHMCS’s cron plans this day’s run.'),
    'day-not-asked': warn(
      'Nothing was done: this question was answered already, or the date has changed.',
    ),
  },
  async do(context, { date }) {
    const outcome = await confirmDay(context, date);
    return outcome === 'not-asked'
      ? redirect('overview', 'done', 'day-not-asked')
      : redirect('overview', outcome, 'day-confirmed');
  },
});
