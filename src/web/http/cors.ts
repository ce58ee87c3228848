import type { HeaderFields, ResponseWithDefaults } from './response.ts'

/**
 * Lets a page of any site read the response to a request with a token: anybody who has the token can read it anyway.
 * Never with credentials: cookies identify a visitor only in Snug's own pages.
 */
export function allowAnyOrigin(response: ResponseWithDefaults): void {
  response.addDefaultHeaders(ANY_ORIGIN_HEADERS)
}

const ANY_ORIGIN_HEADERS: HeaderFields = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
}
