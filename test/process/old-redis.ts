import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { TestScope } from '../support/process/snug-process.ts'

const INFO =
  'redis_version:6.2.14\r\nrun_id:0123456789abcdef\r\nrole:master\r\nmaxmemory_policy:noeviction\r\n'

/**
 * Starts a server that answers Snug's first commands as Redis 6.2 does.
 * @returns its address
 */
export async function startOldRedis(t: TestScope): Promise<string> {
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (text) => {
      // Commands are arrays of strings.
      for (const [, name = ''] of String(text).matchAll(/\*\d+\r\n\$\d+\r\n([A-Z]+)\r\n/g))
        socket.write(replyTo(name))
    })
    // Snug exits before it has read everything.
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function replyTo(name: string): string {
  switch (name) {
    case 'HELLO':
      return '%2\r\n+server\r\n+redis\r\n+version\r\n+6.2.14\r\n'
    case 'INFO':
      return `$${INFO.length}\r\n${INFO}\r\n`
    case 'CONFIG':
      return '-ERR Unknown subcommand or wrong number of arguments for ‘get’. Try CONFIG HELP.\r\n'
  }
  return '+OK\r\n'
}
