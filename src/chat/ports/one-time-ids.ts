/** Remembers ids that are valid once. */
export interface OneTimeIds {
  /**
   * Uses an id.
   * @param until the expiry of the id, in milliseconds since 1970; it may be forgotten afterwards
   * @returns whether this was the first use
   * @throws Refusal `busy` if no more ids can be remembered
   */
  use(id: string, until: number): Promise<boolean>
}
