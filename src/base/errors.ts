/** What a fault carries beside its sentence. */
export interface FaultOptions {
  /** Values that help to find the cause; never secrets, never personal data. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** Whether the same call may succeed later. */
  readonly retry?: boolean;
}

/**
 * Something that should not have happened. An answer one expects (refused, exists, skipped) is a value
 * instead. Nothing decides by the message: that is what `code` is for.
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

/** The database did not do what was asked: gone, refused, deadlocked once too often, not migrated. */
export class StorageError extends Fault {}

/** Our own books or commands are not as they must be. What was being written must not be committed. */
export class InvariantError extends Fault {}

/** A rule or the engine that asks the rules is at fault. */
export class RuleError extends Fault {}

/** WHMCS, or what it keeps in its tables, is not as documented. */
export class WhmcsError extends Fault {}

/** The environment is wrong. `problems` holds everything that is, one sentence each. */
export class ConfigurationError extends Fault {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('configuration-invalid', `The configuration is wrong:\n- ${problems.join('\n- ')}`);
    this.problems = problems;
  }
}
