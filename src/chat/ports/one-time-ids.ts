/** What may be shown once. */
export interface Replays {
  /**
   * Whether nobody showed this before.
   * @param until when it is good no more, and may be forgotten; milliseconds since 1970
   * @throws Refusal `busy` where no more can be remembered
   */
  first(id: string, until: number): Promise<boolean>
}
