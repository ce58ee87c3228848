/** The protocol of a server's streams. Snug's is `sse`. */
export type Protocol = 'sse' | 'websocket' | 'socket.io'

/** The parts of a room's page that a client needs. */
export interface Page {
  readonly port: number
  /** Path of the page. */
  readonly path: string
  /** The session cookie, `name=value`. */
  readonly cookie: string
  /** Path and query of the page's stream. */
  readonly stream: string
  readonly protocol: Protocol
  /** Bytes of the posted body if the server can't parse forms, so that the whole frame is posted; else undefined. */
  readonly postedBytes: number | undefined
}

export const ROOM_PATH = '/r/bench'

/**
 * Opens the room's page as a new browser.
 * @throws Error if the page has no session or no stream
 */
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
    protocol: parseProtocol(/data-protocol="([^"]*)"/.exec(html)?.[1]),
    postedBytes: bytes === undefined ? undefined : Number(bytes),
  }
}

/** The room's page of a baseline. */
export function formatBaselinePage(protocol: Protocol = 'sse'): string {
  return `<!doctype html><title>bench</title><p data-stream="${ROOM_PATH}/events?after=0" data-protocol="${protocol}">`
}

function parseProtocol(text = 'sse'): Protocol {
  const protocol = (['sse', 'websocket', 'socket.io'] as const).find((candidate) => candidate === text)
  if (protocol === undefined) throw new Error(`A page has the unknown protocol ${text}`)
  return protocol
}

/**
 * Creates a kept room.
 * @returns its path
 */
export async function requestKeptRoom(port: number, room: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/rooms`, {
    method: 'POST',
    body: new URLSearchParams({ room, kind: 'kept' }),
    headers: { Origin: `http://127.0.0.1:${port}` },
  })
  await response.text()
  if (response.status !== 201) throw new Error(`Creating a kept room was answered with ${response.status}`)
  return `/r/${room}`
}
