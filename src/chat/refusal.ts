/** The reason for a refusal. `web/http/refusal-status.ts` maps each code to one HTTP status. */
export type RefusalCode =
  | 'invalid' // the input can't be used as it is
  | 'too-large'
  | 'unsupported' // the server does not read bodies of this type
  | 'not-found'
  | 'no-such-method' // the address exists, but not for this method
  | 'gone' // it existed and was deleted
  | 'conflict'
  | 'unauthorized' // the request lacks valid credentials
  | 'forbidden'
  | 'too-many' // the allowance of the member or of the address is used up until `retryAfter`
  | 'full' // nothing can be stored: no space is left, or the disk fails
  | 'busy' // temporarily unavailable until `retryAfter`

/** An expected "no" that the user can mend. Anything else thrown is a bug. */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** Whole seconds until the request can succeed; only for `busy` and `too-many`. */
  readonly retryAfter: number | undefined

  /** Alternatives that would be accepted. */
  readonly offers: readonly string[]

  /** Whether reading the input cost more than any valid input does. Such a refusal counts against a limit. */
  readonly oversized: boolean

  /** @param sentence one whole sentence, shown to the user */
  constructor(
    code: RefusalCode,
    sentence: string,
    retryAfter?: number,
    offers: readonly string[] = [],
    oversized = false,
  ) {
    super(sentence)
    this.name = 'Refusal'
    this.code = code
    this.retryAfter = retryAfter
    this.offers = offers
    this.oversized = oversized
  }
}

/** The refusal of an input that is larger than any valid one, so that it counts against a limit. */
export function oversized(code: RefusalCode, sentence: string): Refusal {
  return new Refusal(code, sentence, undefined, [], true)
}
