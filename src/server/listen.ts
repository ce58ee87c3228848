import type { Server } from 'node:http'
import type { Config } from '../config/config.ts'

/** @returns the port that the server listens on, or one sentence about why it can't listen */
export function listen(
  server: Server,
  { port, host }: Config,
): Promise<{ port: number } | { problem: string }> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ problem: explain(error, port, host) }))
    server.listen(port, host, () => {
      const address = server.address()
      resolve({ port: typeof address === 'object' && address ? address.port : port })
    })
  })
}

function explain({ code, message }: NodeJS.ErrnoException, port: number, host: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop what uses it, or choose another: --port ${port === 65535 ? 8000 : port + 1}.`
    case 'EACCES':
      return `Port ${port} is not allowed for this user. Use one above 1023, e.g. --port 8000.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine. --host 0.0.0.0 listens on all of them.`
    default:
      return `Can’t listen on ${host}, port ${port}: ${message}.`
  }
}
