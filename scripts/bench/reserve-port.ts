import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Reserved ports are from 10000 to 19999. The operating system gives only higher ports to `listen(0)` and to outgoing
 * connections: from 32768 on Linux, from 49152 on macOS and Windows. Redis in a cluster uses the port 10000 higher too.
 */
const FIRST_PORT = 10_000
const PORT_COUNT = 10_000

const ATTEMPTS_MAX = 1_000

/**
 * Reserves a TCP port of loopback for programs that this process starts. A UDP socket with the same number keeps the
 * reservation until this process ends, so that no other process reserves the port: TCP and UDP ports are separate.
 */
export async function reservePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = FIRST_PORT + randomInt(PORT_COUNT)
    if ((await holdUdpPort(port)) && (await isTcpPortFree(port))) return port
  }
  throw new Error('No port is free')
}

async function holdUdpPort(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind({ port, address: '127.0.0.1', exclusive: true })
  socket.unref()
  try {
    await once(socket, 'listening')
    return true
  } catch {
    socket.close()
    return false
  }
}

async function isTcpPortFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
