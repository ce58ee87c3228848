import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export type LibraryResponse = ServerResponse

/** One room, implemented with a library. */
export interface Room {
  readonly publish: (text: string) => void
  /** Opens an SSE stream. WebSocket libraries answer 404, because their streams are upgrades. */
  readonly stream: (request: IncomingMessage, response: ServerResponse) => void
}

/** Package names and the versions that are measured. */
export const VERSIONS = { 'better-sse': '0.16.1', ws: '8.23.0', 'socket.io': '4.8.4' } as const

/** Bytes that each library adds to a text. Needed to make all frames the same size. */
export const OVERHEAD_BYTES = { 'better-sse': 70, ws: 4, 'socket.io': 20 } as const satisfies Record<
  Library,
  number
>

export type Library = keyof typeof VERSIONS

/** Create a room on an HTTP server; `folder` is where the libraries are installed. */
export const LIBRARIES: Readonly<Record<Library, (folder: string, server: Server) => Room>> = {
  'better-sse': (folder) => {
    const { createChannel, createSession } = requireLibrary<BetterSse>(folder, 'better-sse')
    const channel = createChannel()
    return {
      publish: (text) => channel.broadcast(text),
      stream: (request, response) => {
        void createSession(request, response).then((session) => channel.register(session))
      },
    }
  },
  ws: (folder, server) => {
    const { WebSocketServer } = requireLibrary<Ws>(folder, 'ws')
    const { clients } = new WebSocketServer({ server })
    return {
      publish: (text) => {
        const bytes = Buffer.from(text)
        for (const client of clients) client.send(bytes, { binary: false })
      },
      stream: respondNotFound,
    }
  },
  'socket.io': (folder, server) => {
    const { Server: SocketIo } = requireLibrary<SocketIoModule>(folder, 'socket.io')
    const io = new SocketIo(server, { serveClient: false })
    return { publish: (text) => void io.emit('message', text), stream: respondNotFound }
  },
}

/** @throws Error if the library is unknown */
export function parseLibrary(name: string): Library {
  if (!(name in VERSIONS)) throw new Error(`There is no library ${name}`)
  return name as Library
}

interface BetterSse {
  createChannel(): { broadcast(data: unknown): void; register(session: unknown): void }
  createSession(request: IncomingMessage, response: ServerResponse): Promise<unknown>
}

interface Ws {
  WebSocketServer: new (options: {
    server: Server
  }) => { clients: Set<{ send(bytes: Buffer, options: { binary: boolean }): void }> }
}

interface SocketIoModule {
  Server: new (server: Server, options: object) => { emit(name: string, data: string): void }
}

// `Module` declares the part of the library that is used.
function requireLibrary<Module>(folder: string, name: string): Module {
  return createRequire(join(folder, 'package.json'))(name) as Module
}

function respondNotFound(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404).end()
}
