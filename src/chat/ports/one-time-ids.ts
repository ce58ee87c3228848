/** What may be shown once. */
export interface OneTimeIds {
  /**
   * Whether nobody showed this before.
   * @param until when it is good no more, and may be forgotten; milliseconds since 1970
   * @throws Refusal `busy` where no more can be remembered
   */
  use(id: string, until: number): Promise<boolean>
}
