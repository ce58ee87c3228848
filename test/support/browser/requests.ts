import type { Person } from './person.ts'

/** By these requests a room's page stays connected and its reader present, whatever is said in the room. */
const OWN_REQUESTS = /^https?:\/\/[^/]+\/r\/[^/]+\/(?:here|events\?[^/]*)$/

/**
 * Watches what a room's page requests from now on.
 * @returns lists the URLs so far, without the page's signs of life and its stream
 */
export function watchRequests({ page }: Person): () => string[] {
  const urls: string[] = []
  page.on('request', (request) => {
    if (!OWN_REQUESTS.test(request.url())) urls.push(request.url())
  })
  return () => urls
}
