export interface Requirement {
  readonly what: string;
  readonly for: readonly string[];
  found(): boolean;
  readonly debian: readonly string[];
  readonly macos: string;
}
export declare const searchPath: string;
export declare const requirements: readonly Requirement[];
export declare function phpFpm(): string | undefined;
export declare function chromium(): string | undefined;
