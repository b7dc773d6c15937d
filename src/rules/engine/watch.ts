/** Is told which rule runs, so that another thread can name one that does not return. */
export interface Watch {
  /** @param which index of the file that is loaded, or of the rule that decides. */
  begin(doing: 'loading' | 'deciding', which: number): void;
  /** @param index of the question the rule is asked now. */
  question(index: number): void;
  end(): void;
}

/** For the built-in rules: they are bounded, and nobody could stop them in the service's own thread. */
export const UNWATCHED: Watch = {
  begin() {},
  question() {},
  end() {},
};
