/** How a server is read: Snug's way, or that of the library it is made of. */
export type Protocol = 'sse' | 'websocket' | 'socket.io'

/** What a visitor takes from a room's page. */
export interface Page {
  readonly port: number
  /** The page's own. */
  readonly path: string
  /** `name=value`, as it is sent back. */
  readonly cookie: string
  /** The address of the page's stream, from the root. */
  readonly stream: string
  readonly protocol: Protocol
  /** Where the server can't read forms, the size of the frame that is posted whole; else undefined. */
  readonly postedBytes: number | undefined
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
  const bytes = /data-posted-bytes="(\d+)"/.exec(html)?.[1]
  return {
    port,
    path,
    cookie,
    stream: stream.replaceAll('&amp;', '&'),
    protocol: parseProtocol(/data-speech="([^"]*)"/.exec(html)?.[1]),
    postedBytes: bytes === undefined ? undefined : Number(bytes),
  }
}

/** Such a page, of whatever stands beside Snug. */
export function formatBaselinePage(speech: Protocol = 'sse'): string {
  return `<!doctype html><title>bench</title><p data-stream="${ROOM_PATH}/events?after=0" data-speech="${speech}">`
}

function parseProtocol(text = 'sse'): Protocol {
  const speech = (['sse', 'websocket', 'socket.io'] as const).find((known) => known === text)
  if (speech === undefined) throw new Error(`A page speaks ${text}, which nobody here understands`)
  return speech
}

/** The path of a room that is kept from now on. */
export async function requestKeptRoom(port: number, room: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/rooms`, {
    method: 'POST',
    body: new URLSearchParams({ room, kind: 'kept' }),
    headers: { Origin: `http://127.0.0.1:${port}` },
  })
  await response.text()
  if (response.status !== 201) throw new Error(`Making a kept room was answered ${response.status}`)
  return `/r/${room}`
}
