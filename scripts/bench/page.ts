/** What a visitor takes from the room's page. */
export interface Page {
  /** `name=value`, as it is sent back. */
  readonly cookie: string
  /** The address of the page's stream, from the root. */
  readonly stream: string
}

export const ROOM_PATH = '/r/bench'

/** Opens the room's page as somebody who was never here. */
export async function openPage(port: number, path = ROOM_PATH): Promise<Page> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { Accept: 'text/html' } })
  const html = await response.text()
  const cookie = response.headers.get('Set-Cookie')?.split(';')[0]
  const stream = new RegExp(`"(${path}/events\\?[^"]*)"`).exec(html)?.[1]
  if (response.status !== 200 || cookie === undefined || stream === undefined) {
    throw new Error(`The room's page (${response.status}) has no session or no stream`)
  }
  return { cookie, stream: stream.replaceAll('&amp;', '&') }
}

/** The path of a room that is kept from now on. */
export async function keepRoom(port: number, room: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/rooms`, {
    method: 'POST',
    body: new URLSearchParams({ room, kind: 'kept' }),
    headers: { Origin: `http://127.0.0.1:${port}` },
  })
  await response.text()
  if (response.status !== 201) throw new Error(`Making a kept room was answered ${response.status}`)
  return `/r/${room}`
}
