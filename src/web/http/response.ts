import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http'

/** Header fields by their lower-case names. */
export type HeaderFields = Readonly<Record<string, string>>

const NO_FIELDS: HeaderFields = {}

/**
 * A response with default headers, which the fields given to `writeHead` override. `setHeader` would do the same, but
 * costs more than a small page does: `node:http` writes fields directly if it gets all of them at once.
 */
export class ResponseWithDefaults extends ServerResponse<IncomingMessage> {
  #defaultHeaders: HeaderFields = NO_FIELDS
  /** An error from before Hono's app was called: the app throws it and responds. */
  failure: unknown

  /** Adds to the default headers. */
  addDefaultHeaders(fields: HeaderFields): void {
    this.#defaultHeaders =
      this.#defaultHeaders === NO_FIELDS ? fields : { ...this.#defaultHeaders, ...fields }
  }

  /** Removes these names from the default headers. */
  removeDefaultHeaders(fields: HeaderFields): void {
    this.#defaultHeaders = Object.fromEntries(
      Object.entries(this.#defaultHeaders).filter(([name]) => !(name in fields)),
    )
  }

  override writeHead(
    status: number,
    reason?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
    headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    const given = typeof reason === 'string' ? headers : (reason ?? headers)
    // Only `node:http` itself passes an array, when it answers a malformed request.
    if (Array.isArray(given))
      return super.writeHead(status, typeof reason === 'string' ? reason : undefined, given)
    const fields: OutgoingHttpHeaders = { ...this.#defaultHeaders }
    for (const name in given) fields[name.toLowerCase()] = given[name]
    return typeof reason === 'string'
      ? super.writeHead(status, reason, fields)
      : super.writeHead(status, fields)
  }
}
