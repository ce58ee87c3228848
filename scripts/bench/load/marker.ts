/** Default size of a message's text. */
export const TEXT_BYTES = 120

const DIGITS = 6
const HASH_SIGN = 0x23
const DIGIT_ZERO = 0x30
const FILLER =
  'the kettle is on, there is tea for everybody, and whoever comes last brings the biscuits with them; mind the step, please'

/** Exclusive upper bound of message numbers. */
export const NUMBERS_MAX = 10 ** DIGITS

/** The text of a message: `#000123# the kettle …`. It contains nothing that rendering as HTML would change. */
export function numberedText(number: number, bytes = TEXT_BYTES): string {
  const marker = `#${String(number).padStart(DIGITS, '0')}#`
  return `${marker} ${FILLER}`.slice(0, bytes).padEnd(bytes, `; ${FILLER}`)
}

/** Finds the numbers of messages in a stream of bytes, in chunks of any size. */
export class MarkerScanner {
  // Digits read of the current marker; -1 outside a marker.
  #digits = -1
  #number = 0

  /** @param bytes a buffer with `length` bytes to read; the byte after them may be overwritten */
  scan(bytes: Uint8Array, length: number, onNumber: (number: number) => void): void {
    // A sentinel, so that the search never runs into bytes of an earlier read.
    if (length < bytes.length) bytes[length] = HASH_SIGN
    for (let at = 0; ; ) {
      if (this.#digits < 0) {
        at = bytes.indexOf(HASH_SIGN, at) + 1
        if (at === 0 || at > length) return
        this.#begin()
      }
      if (at >= length) return
      const byte = bytes[at++] ?? 0
      const digit = byte - DIGIT_ZERO
      if (digit >= 0 && digit <= 9 && this.#digits < DIGITS) {
        this.#number = this.#number * 10 + digit
        this.#digits++
      } else if (byte !== HASH_SIGN) this.#digits = -1
      else if (this.#digits < DIGITS) this.#begin()
      else {
        this.#digits = -1
        onNumber(this.#number)
      }
    }
  }

  #begin(): void {
    this.#digits = 0
    this.#number = 0
  }
}
