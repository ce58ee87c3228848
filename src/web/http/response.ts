import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http'

/** Header fields by their names in small letters. */
export type HeaderFields = Readonly<Record<string, string>>

const NO_FIELDS: HeaderFields = {}

/**
 * An answer that says something by default: what whoever answers says takes the place of that. `setHeader` would do the
 * same, and cost more than a small page does: with all fields at once `node:http` writes them as they come.
 */
export class ResponseWithDefaults extends ServerResponse<IncomingMessage> {
  #defaultHeaders: HeaderFields = NO_FIELDS
  /** Why there is no page, where that is known already: whoever answers is to say so. */
  failure: unknown

  /** Says this by default, besides what is said already. */
  addDefaultHeaders(fields: HeaderFields): void {
    this.#defaultHeaders =
      this.#defaultHeaders === NO_FIELDS ? fields : { ...this.#defaultHeaders, ...fields }
  }

  /** Says nothing of this by default any more. */
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
    const said = typeof reason === 'string' ? headers : (reason ?? headers)
    // In a row they come from `node:http` itself, which answers what is no proper request.
    if (Array.isArray(said))
      return super.writeHead(status, typeof reason === 'string' ? reason : undefined, said)
    const fields: OutgoingHttpHeaders = { ...this.#defaultHeaders }
    for (const name in said) fields[name.toLowerCase()] = said[name]
    return typeof reason === 'string'
      ? super.writeHead(status, reason, fields)
      : super.writeHead(status, fields)
  }
}
