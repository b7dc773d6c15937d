/** Movements of credit that others make while a test looks. */
export interface Traffic {
  /** Notes that it is under way until it has ended. */
  during<Result>(movement: Promise<Result>): Promise<Result>;
  /**
   * Waits until what is under way now has ended. A test whose clock goes on by minutes between two looks waits for it between them:
   * the statements of one movement are not minutes apart, however slow the machine is.
   */
  passes(): Promise<void>;
}

export function watchTraffic(): Traffic {
  const underWay = new Set<Promise<unknown>>();
  return {
    async during(movement) {
      underWay.add(movement);
      try {
        return await movement;
      } finally {
        underWay.delete(movement);
      }
    },
    async passes() {
      await Promise.allSettled(underWay);
    },
  };
}
