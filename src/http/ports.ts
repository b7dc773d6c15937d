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
  /** Checks again whether everything works, pairing included. */
  ready(): Promise<boolean>;
}
