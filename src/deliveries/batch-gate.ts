/** Items that go into one batch together. */
interface Waiting<Item, Result> {
  readonly items: readonly Item[];
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (reason: unknown) => void;
}

export interface BatchGateOptions<Item, Result> {
  /** One result for each item, in order. */
  readonly take: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly itemsMax: number;
  /** How many batches run at the same time. */
  readonly batchesMax: number;
}

export interface BatchGate<Item, Result> {
  /** @param urgent WHMCS waits for the answer: these items go before the others. */
  pass(items: readonly Item[], urgent: boolean): Promise<readonly Result[]>;
}

/**
 * Joins calls that arrive together into batches, so that a hundred calls cost one transaction and not a hundred. A single call
 * never waits: calls are joined only while all batches are busy.
 */
export function createBatchGate<Item, Result>({
  take,
  itemsMax,
  batchesMax,
}: BatchGateOptions<Item, Result>): BatchGate<Item, Result> {
  const urgentCalls: Waiting<Item, Result>[] = [];
  const otherCalls: Waiting<Item, Result>[] = [];
  let batches = 0;

  function open(): void {
    while (batches < batchesMax && urgentCalls.length + otherCalls.length > 0) {
      batches += 1;
      void work(nextBatch()).finally(() => {
        batches -= 1;
        open();
      });
    }
  }

  function nextBatch(): readonly Waiting<Item, Result>[] {
    const batch: Waiting<Item, Result>[] = [];
    let items = 0;
    for (const calls of [urgentCalls, otherCalls]) {
      for (let call = calls[0]; call !== undefined; call = calls[0]) {
        if (batch.length > 0 && items + call.items.length > itemsMax) return batch;
        calls.shift();
        batch.push(call);
        items += call.items.length;
      }
    }
    return batch;
  }

  async function work(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await take(batch.flatMap(({ items }) => items));
      let from = 0;
      for (const { items, resolve } of batch) {
        resolve(results.slice(from, from + items.length));
        from += items.length;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    pass(items, urgent) {
      return new Promise((resolve, reject) => {
        (urgent ? urgentCalls : otherCalls).push({ items, resolve, reject });
        // Calls that arrive in the same turn of the event loop share a batch.
        setImmediate(open);
      });
    },
  };
}
