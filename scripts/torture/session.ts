/**
 * Opens a page as a new browser.
 * @returns the `Cookie` header of the session
 */
export async function openSession(page: string): Promise<string> {
  const response = await fetch(page, { headers: { Accept: 'text/html' } })
  await response.arrayBuffer()
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
