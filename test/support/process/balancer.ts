import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'
import { emptyFolder, type TestScope } from './snug-process.ts'

const SCALING = join(import.meta.dirname, '..', '..', '..', 'docs', 'scaling.md')

interface BalancerProgram {
  readonly path: string
  /** @param folder a folder of its own */
  args(file: string, folder: string): readonly string[]
  /** Makes a whole file of the example in the docs. It logs the path and the process of each request. */
  completeConfig(example: string, folder: string): string
}

const PROGRAMS = {
  nginx: {
    path: process.env.NGINX ?? '/usr/sbin/nginx',
    args: (file, folder) => ['-p', folder, '-e', 'stderr', '-c', file],
    completeConfig: (example, folder) => `
      daemon off;
      master_process off;
      pid ${folder}/pid;
      events {}
      http {
        log_format served '$request_uri $upstream_addr';
        access_log ${folder}/served served;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
          .map((what) => `${what}_temp_path ${folder}/${what};`)
          .join('\n')}
        ${example.replace('listen ', 'listen 127.0.0.1:')}
      }`,
  },
  haproxy: {
    path: process.env.HAPROXY ?? '/usr/sbin/haproxy',
    args: (file) => ['-db', '-f', file],
    completeConfig: (example) =>
      `global\n  log stdout format raw daemon\n${example.replace(
        /^defaults$/m,
        'defaults\n  log global\n  log-format "%HU %si:%sp"',
      )}`,
  },
} satisfies Record<string, BalancerProgram>

export type BalancerName = keyof typeof PROGRAMS

/** A balancer before two processes, configured as in the docs. It runs until the test ends. */
export class Balancer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly #folder: string
  #logged = ''

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url
    this.#folder = folder
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#logged += text
    })
    child.stderr?.resume()
  }

  /**
   * @param port the port of the balancer
   * @param servers the ports of the processes
   */
  static async start(
    t: TestScope,
    name: BalancerName,
    port: number,
    servers: readonly [number, number],
  ): Promise<Balancer> {
    const { path, args, completeConfig }: BalancerProgram = PROGRAMS[name]
    const folder = await emptyFolder(t)
    const ports = new Map([
      ['8000', port],
      ['8001', servers[0]],
      ['8002', servers[1]],
    ])
    const example = (await readDocumentedConfig(name)).replace(/\b800[012]\b/g, (examplePort) =>
      String(ports.get(examplePort)),
    )
    const file = join(folder, 'config')
    await writeFile(file, completeConfig(example, folder))
    const child = spawn(path, args(file, folder), { stdio: ['ignore', 'pipe', 'pipe'] })
    let ended: unknown
    child.once('error', (error) => {
      ended = error
    })
    child.once('exit', () => {
      ended ??= new Error(`${name} ended`)
    })
    t.after(async () => {
      if (ended) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    const balancer = new Balancer(`http://127.0.0.1:${port}`, folder, child)
    await eventually(async () => {
      if (!ended) await fetch(`${balancer.url}/healthz`)
    })
    if (ended) throw ended
    return balancer
  }

  /** Resolves when this process answers again. A balancer avoids a process for a while after it was unreachable. */
  async waitForServer(port: number): Promise<void> {
    await eventually(async () => {
      await fetch(`${this.url}/about`)
      if ((await this.servedBy('/about')).at(-1) !== port)
        throw new Error(`The balancer does not use ${port}`)
    })
  }

  /** The ports of the processes that answered requests for paths with this prefix, in the order of their ends. */
  async servedBy(prefix: string): Promise<number[]> {
    const logged = this.#logged + (await readFile(join(this.#folder, 'served'), 'utf8').catch(() => ''))
    return logged.split('\n').flatMap((line) => {
      // Of several addresses, the last one answered.
      const [path = '', ...addresses] = line.split(' ')
      return path.startsWith(prefix) ? [Number(addresses.at(-1)?.split(':').at(-1))] : []
    })
  }
}

/** Reads the example configuration in the docs. */
async function readDocumentedConfig(name: BalancerName): Promise<string> {
  const docs = await readFile(SCALING, 'utf8')
  const example = new RegExp(`^\`\`\`${name}\n([^]*?)^\`\`\`$`, 'm').exec(docs)?.[1]
  if (example === undefined) throw new Error(`docs/scaling.md has no configuration for ${name}`)
  return example
}
