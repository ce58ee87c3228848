import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestScope } from '../process/snug-process.ts'

interface Page {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

/** Another site, whose pages embed rooms. It runs until the test ends. */
export class HostSite {
  readonly #port: number
  readonly #pages: Map<string, Page>

  private constructor(port: number, pages: Map<string, Page>) {
    this.#port = port
    this.#pages = pages
  }

  static async start(t: TestScope): Promise<HostSite> {
    const pages = new Map<string, Page>()
    const server = createServer(({ url }, response) => {
      const page = pages.get(url ?? '')
      // 204: browsers also request an icon.
      response.writeHead(page ? 200 : 204, { 'Content-Type': 'text/html; charset=utf-8', ...page?.headers })
      response.end(page?.html)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      server.close()
      server.closeAllConnections()
    })
    return new HostSite((server.address() as AddressInfo).port, pages)
  }

  /** @param name a name of this machine: browsers treat each name as another site */
  origin(name: 'localhost' | 'a.localhost' = 'localhost'): string {
    return `http://${name}:${this.#port}`
  }

  /**
   * Serves a page from now on.
   * @returns its URL
   */
  servePage(path: string, html: string, headers: Record<string, string> = {}): string {
    this.#pages.set(path, { html: `<!doctype html><title>A page</title>${html}`, headers })
    return this.origin() + path
  }
}
