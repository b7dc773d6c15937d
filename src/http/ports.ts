/** What the app provides: `app` imports `http`, so these types are here. */

/** The HTTP side's reports about itself. */
export interface HttpMetrics {
  /** Call the result with the outcome: `ok`, `stranger`, or the code of the reply. */
  callStarted(path: string): (outcome: string) => void;
}

/** Whether the service can work, and if not, why. */
export interface Readiness {
  /** What prevents all work, in a sentence for the admin; undefined when nothing does. */
  obstacle(): string | undefined;
  /** What is wrong outside of the service, in sentences with what to do; it can work all the same. */
  notices(): readonly string[];
  /** Checks again whether everything works, pairing included; returns what does not, or undefined. */
  whyNotReady(): Promise<string | undefined>;
  /**
   * Work failed with this error. A trouble of the whole database is an obstacle from now until a check finds it gone.
   *
   * @returns when the check has said more about it, or a moment later.
   */
  noticed(error: unknown): Promise<void>;
}
