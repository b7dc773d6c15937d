/** What people read: lines, and tables. */
export type Told = readonly (string | Table)[];

/** Rows under a head. */
export interface Table {
  /** Empty for a table of names and values. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How one parameter is given on the command line, where that is not as its schema says. */
export interface CliOption {
  /** `kind` for `--kind`; by default the parameter's name without `Id` or `On`. */
  readonly name?: string;
  readonly about?: string;
  /** What holds when nothing is given. */
  readonly otherwise?: string;
  /** Makes it an option without a value, which stands for this one. */
  readonly given?: string;
}

/** How an endpoint is called on the command line. Everything that is not said here comes from its schemas. */
export interface CliForm<Answer> {
  /** The words behind `creditbridge`: `ledger entries`. */
  readonly name: string;
  /** What stands behind the name in an example. */
  readonly example: string;
  /** By default the endpoint's summary. */
  readonly about?: string;
  /** Parameters that are given by their place instead of by a name, in this order. */
  readonly places?: readonly string[];
  readonly options?: Readonly<Record<string, CliOption>>;
  /** Which of the body's alternatives this command is: its `kind`, by the member that has alternatives. */
  readonly variant?: Readonly<Record<string, string>>;
  /** Whether it may be done in the name of the shell's user. What reads always may. */
  readonly withoutToken?: boolean;
  /** By default every member of the answer with its name. */
  readonly tell?: (answer: Answer) => Told;
  /** Whether an answer is one that needs somebody, which is exit code 1. */
  readonly isProblem?: (answer: Answer) => boolean;
}
