import type { IncomingMessage } from 'node:http'
import type { Address } from '../../chat/address.ts'
import { Refusal } from '../../chat/refusal.ts'
import { BODIES, BodyQuota, OVERSIZED_BODIES } from './body-quota.ts'
import { BODY_MAX_BYTES, REDISPLAY_MAX_BYTES, tooLarge } from './read-form.ts'

/** The bodies of requests that are being received or handled. */
export class UnreadBodies {
  readonly #bodies = new BodyQuota(BODIES)
  readonly #oversized = new BodyQuota(OVERSIZED_BODIES)

  /** Bytes that are reserved now. */
  get reserved(): number {
    return this.#bodies.reserved + this.#oversized.reserved
  }

  /**
   * Reserves memory for the body of a request until it is read. A body without a length is read only up to
   * the size that can be accepted.
   * @returns why the body must not be read
   */
  admit(request: IncomingMessage, address: () => Address): Refusal | undefined {
    const { headers, method } = request
    const isChunked = headers['transfer-encoding'] !== undefined
    const bytes = isChunked ? BODY_MAX_BYTES : Number(headers['content-length'] ?? 0)
    if (bytes === 0) return undefined
    if (method === 'GET' || method === 'HEAD') {
      // Nothing reads it.
      request.resume()
      return undefined
    }
    // The form refuses it unread.
    if (bytes > REDISPLAY_MAX_BYTES) return undefined
    const isOversized = bytes > BODY_MAX_BYTES
    const release = (isOversized ? this.#oversized : this.#bodies).reserve(address(), bytes)
    if (!release) return isOversized ? tooLarge() : tooManyBodies()
    // It is read to its end, or its connection has closed.
    request.once('close', release)
    return undefined
  }
}

function tooManyBodies(): Refusal {
  return new Refusal('busy', 'Too much is being sent just now. Try again in a moment.', 1)
}
