/** The deadlines of requests: how long a request may wait for a database that is slow. */
export interface Deadlines {
  /** Starts work that several requests may wait for: the deadline of the request that started it does not end it. */
  detach<Result>(start: () => Result): Result
  /**
   * Waits for such work until the deadline of the present request.
   * @throws Refusal `busy`
   */
  wait<Result>(work: Promise<Result>): Promise<Result>
}

/** For a server that waits for no other one. */
export const NO_DEADLINES: Deadlines = {
  detach: (start) => start(),
  wait: (work) => work,
}
