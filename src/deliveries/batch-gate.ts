/** Some work that goes into one page as a whole. */
interface Waiting<Item, Result> {
  readonly items: readonly Item[];
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (reason: unknown) => void;
}

export interface PageGateOptions<Item, Result> {
  /** One result for each item, in order. */
  readonly take: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly itemsMax: number;
  /** Pages that are worked on at the same time. */
  readonly pagesMax: number;
}

export interface PageGate<Item, Result> {
  /** @param urgent somebody waits for the answer: it goes before what is only delivered. */
  pass(items: readonly Item[], urgent: boolean): Promise<readonly Result[]>;
}

/**
 * Joins calls that come at the same time into pages, so that a hundred calls cost one transaction and not a hundred. A call
 * that comes alone is not kept waiting: joining happens only while all pages are busy.
 */
export function createPageGate<Item, Result>({
  take,
  itemsMax,
  pagesMax,
}: PageGateOptions<Item, Result>): PageGate<Item, Result> {
  const urgentCalls: Waiting<Item, Result>[] = [];
  const otherCalls: Waiting<Item, Result>[] = [];
  let pages = 0;

  function open(): void {
    while (pages < pagesMax && urgentCalls.length + otherCalls.length > 0) {
      pages += 1;
      void work(nextPage()).finally(() => {
        pages -= 1;
        open();
      });
    }
  }

  function nextPage(): readonly Waiting<Item, Result>[] {
    const page: Waiting<Item, Result>[] = [];
    let items = 0;
    for (const calls of [urgentCalls, otherCalls]) {
      for (let call = calls[0]; call !== undefined; call = calls[0]) {
        if (page.length > 0 && items + call.items.length > itemsMax) return page;
        calls.shift();
        page.push(call);
        items += call.items.length;
      }
    }
    return page;
  }

  async function work(page: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await take(page.flatMap(({ items }) => items));
      let from = 0;
      for (const { items, resolve } of page) {
        resolve(results.slice(from, from + items.length));
        from += items.length;
      }
    } catch (error) {
      for (const { reject } of page) reject(error);
    }
  }

  return {
    pass(items, urgent) {
      return new Promise((resolve, reject) => {
        (urgent ? urgentCalls : otherCalls).push({ items, resolve, reject });
        // Calls that arrive in the same turn of the event loop share a page.
        setImmediate(open);
      });
    },
  };
}
