/** The box that says that a rule is meant to give without a cap for the period. */
export const WITHOUT_CAP = 'without-cap';
