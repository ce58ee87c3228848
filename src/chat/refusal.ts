/**
 * Why something was refused. Each code has one HTTP status, in `web/refusal-status.ts`.
 */
export type RefusalCode =
  | 'invalid' // what was sent can't be used as it is
  | 'too-large'
  | 'unsupported' // a body of a type that is not understood
  | 'not-found'
  | 'no-such-method' // there is something at this address that is used otherwise
  | 'gone' // it was here and was deleted
  | 'conflict'
  | 'unauthorized' // whoever asks does not show who they are
  | 'forbidden'
  | 'too-many' // of this member, or from this address: `retryAfter` says for how long
  | 'full' // there is no room left to store anything
  | 'busy' // for the moment: `retryAfter` says how long

/** An expected "no" that the user can mend. Anything else that is thrown is a bug. */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** Whole seconds after which to try again; only for `busy` and `too-many`. */
  readonly retryAfter: number | undefined

  /** What would be taken instead. */
  readonly offers: readonly string[]

  /** @param sentence one whole sentence for the person who is refused */
  constructor(code: RefusalCode, sentence: string, retryAfter?: number, offers: readonly string[] = []) {
    super(sentence)
    this.name = 'Refusal'
    this.code = code
    this.retryAfter = retryAfter
    this.offers = offers
  }
}
