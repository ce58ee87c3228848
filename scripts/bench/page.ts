/** What a visitor takes from the room's page. */
export interface Page {
  /** `name=value`, as it is sent back. */
  readonly cookie: string
  /** The address of the page's stream, from the root. */
  readonly stream: string
}

export const ROOM_PATH = '/r/bench'

/** Opens the room's page as somebody who was never here. */
export async function openPage(port: number): Promise<Page> {
  const response = await fetch(`http://127.0.0.1:${port}${ROOM_PATH}`, { headers: { Accept: 'text/html' } })
  const html = await response.text()
  const cookie = response.headers.get('Set-Cookie')?.split(';')[0]
  const stream = new RegExp(`"(${ROOM_PATH}/events\\?[^"]*)"`).exec(html)?.[1]
  if (response.status !== 200 || cookie === undefined || stream === undefined) {
    throw new Error(`The room's page (${response.status}) has no session or no stream`)
  }
  return { cookie, stream: stream.replaceAll('&amp;', '&') }
}
