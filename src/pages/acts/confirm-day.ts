import type { Act, Done } from '../answer-post.ts';
import { confirmDay } from '../confirm-day.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { redirect } from './redirect.ts';

/** Says that the date shown is right. */
export async function confirmShownDay(
  view: View,
  { store }: PagesPorts,
  { actor, token, at }: Act,
): Promise<Done> {
  const date = formText(view.request, 'date');
  const outcome = await confirmDay(store, { date, actor, token, at });
  return outcome === 'not-asked'
    ? redirect('overview', 'done', 'day-not-asked')
    : redirect('overview', outcome, 'day-confirmed');
}
