/** The cookies that a page gives to a new browser. */
export async function openSession(page: string): Promise<string> {
  const answer = await fetch(page, { headers: { Accept: 'text/html' } })
  await answer.arrayBuffer()
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
