import type { Answer, Fields } from './response.ts'

/**
 * Lets a page of any site read an answer to a request that shows a token: whoever has that may do so anyhow. Never
 * with credentials: cookies say who somebody is in Snug's own pages, and nowhere else.
 */
export function allowAnyOrigin(answer: Answer): void {
  answer.say(FOR_ANY_ORIGIN)
}

const FOR_ANY_ORIGIN: Fields = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
}
