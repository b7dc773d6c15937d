/** Records which rule runs, so that another thread can name one that does not return. */
export interface Watch {
  /** @param which index of the loading file or of the deciding rule. */
  begin(doing: 'loading' | 'deciding', which: number): void;
  /** @param index of the rule's present question. */
  question(index: number): void;
  end(): void;
}

/** For the built-in rules: they are bounded, and nothing could stop them in the service's own thread. */
export const UNWATCHED: Watch = {
  begin() {},
  question() {},
  end() {},
};
