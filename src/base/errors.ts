/** What a fault holds besides its message. */
export interface FaultOptions {
  /** Values that help to find the cause; never secrets, never personal data. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** Whether the same call may succeed later. */
  readonly retry?: boolean;
}

/**
 * Something that should not have happened. An expected answer (refused, exists, skipped) is a value instead. Code
 * decides by `code`, never by the message.
 */
export abstract class Fault extends Error {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retry: boolean;

  constructor(code: string, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
    this.retry = options.retry ?? false;
  }
}

/** The database failed: gone, refused, too many deadlocks, not migrated. */
export class StorageError extends Fault {}

/** Our own books or commands break a rule they must keep. The transaction must not commit. */
export class InvariantError extends Fault {}

/** A rule, or the engine that calls the rules, is at fault. */
export class RuleError extends Fault {}

/** WHMCS or its data is not as documented. */
export class WhmcsError extends Fault {}

/** The environment is wrong. `problems` holds every problem, one sentence each. */
export class ConfigurationError extends Fault {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('configuration-invalid', `The configuration is wrong:\n- ${problems.join('\n- ')}`);
    this.problems = problems;
  }
}
