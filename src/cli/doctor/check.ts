/** One thing that must be right, how it is, and what to do when it is not. */
export interface Check {
  readonly name: string;
  /** `bad`: something does not work. `warn`: it works, and deserves a look. `idle`: nothing to say yet. */
  readonly level: 'good' | 'warn' | 'bad' | 'idle';
  readonly says: string;
  readonly remedy?: string;
}
