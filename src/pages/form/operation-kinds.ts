/** What can be done by hand to one client; each has a form of its own. */
export const operationKinds = ['add', 'deduct', 'transfer', 'park', 'revoke'] as const;
export type OperationKind = (typeof operationKinds)[number];

/** The box that says that the same is meant once more. */
export const ONCE_MORE = 'once-more';
