import type { HeaderFields, ResponseWithDefaults } from './response.ts'

/**
 * Lets a page of any site read an answer to a request that shows a token: whoever has that may do so anyhow. Never
 * with credentials: cookies say who somebody is in Snug's own pages, and nowhere else.
 */
export function allowAnyOrigin(answer: ResponseWithDefaults): void {
  answer.addDefaultHeaders(ANY_ORIGIN_HEADERS)
}

const ANY_ORIGIN_HEADERS: HeaderFields = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
}
