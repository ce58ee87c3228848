import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export type LibraryResponse = ServerResponse

/** One room, as a library has it. */
export interface Room {
  readonly publish: (text: string) => void
  /** Opens a stream where that is not an upgrade of the connection. */
  readonly stream: (request: IncomingMessage, response: ServerResponse) => void
}

/** By their names in the registry; the versions are those that are measured. */
export const VERSIONS = { 'better-sse': '0.16.1', ws: '8.23.0', 'socket.io': '4.8.4' } as const

/** What each puts around a text, in bytes, so that frames can be of one size. */
export const OVERHEAD_BYTES = { 'better-sse': 70, ws: 4, 'socket.io': 20 } as const satisfies Record<
  Library,
  number
>

export type Library = keyof typeof VERSIONS

/** @param folder where they are installed */
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

/** @throws Error where there is no such library */
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

// What is used of a library, at the version that is installed.
function requireLibrary<Module>(folder: string, name: string): Module {
  return createRequire(join(folder, 'package.json'))(name) as Module
}

function respondNotFound(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404).end()
}
