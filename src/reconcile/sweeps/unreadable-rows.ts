import type { SweepContext } from './sweep.ts';

/** Names stored rows that can't be read. Work leaves out the client or rule they belong to, and says nothing by itself. */
export async function sweepUnreadableRows({
  store,
  eachAlone,
}: Pick<SweepContext, 'store' | 'eachAlone'>): Promise<void> {
  const rows = await store.unreadableRows();
  const task = {
    name: 'unreadable-row',
    nameOf: ({ id, clientId, what }: (typeof rows)[number]) => ({
      id,
      clientId,
      invoiceId: null,
      what,
    }),
  };
  await eachAlone.each(task, [rows], async ({ read }) => read());
}
