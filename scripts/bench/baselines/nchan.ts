import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Environment, RunningServer } from '../environment.ts'
import { formatBaselinePage, ROOM_PATH } from '../load/page.ts'
import { reservePort } from '../reserve-port.ts'
import { CACHE } from './cache.ts'

const NGINX = process.env.NGINX ?? 'nginx'

/** The path on Debian. */
const MODULE = process.env.NCHAN_MODULE ?? '/usr/lib/nginx/modules/ngx_nchan_module.so'

/** Bytes that nchan adds to a text. */
const NCHAN_OVERHEAD_BYTES = 26

const START_TIMEOUT_MS = 5000

/** The version of the installed nginx, if nchan is installed too; else undefined. */
export function findNchan(): string | undefined {
  const { status, error, stderr } = spawnSync(NGINX, ['-v'], { encoding: 'utf8' })
  if (error || status !== 0 || !existsSync(MODULE)) return undefined
  return /nginx\/([\d.]+)/.exec(stderr)?.[1]
}

/** Starts one process of nginx with a channel for the room. It can't parse forms, so each frame is posted whole. */
export async function startNchan(environment: Environment, frameBytes: number): Promise<RunningServer> {
  const port = await reservePort()
  const folder = join(CACHE, 'nchan')
  mkdirSync(folder, { recursive: true })
  const configuration = join(folder, 'nginx.conf')
  writeFileSync(configuration, formatConfiguration(folder, port, frameBytes))
  const server = environment.startSilentServer(
    [NGINX, '-p', folder, '-e', join(folder, 'errors'), '-c', configuration],
    port,
  )
  await waitUntilReady(port)
  return server
}

function formatConfiguration(folder: string, port: number, frameBytes: number): string {
  const page = formatBaselinePage().replace(
    'data-protocol',
    `data-posted-bytes="${frameBytes - NCHAN_OVERHEAD_BYTES}" data-protocol`,
  )
  return `load_module ${MODULE};
daemon off;
master_process off;
worker_rlimit_nofile 20000;
pid ${join(folder, 'pid')};
events { worker_connections 20000; }
http {
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path ${join(folder, 'bodies')};
  proxy_temp_path ${join(folder, 'proxy')};
  fastcgi_temp_path ${join(folder, 'fastcgi')};
  uwsgi_temp_path ${join(folder, 'uwsgi')};
  scgi_temp_path ${join(folder, 'scgi')};
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = ${ROOM_PATH} {
      default_type text/html;
      add_header Set-Cookie 'nchan=1; Path=/';
      return 200 '${page}';
    }
    location = ${ROOM_PATH}/messages { nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 20; }
    location = ${ROOM_PATH}/events {
      nchan_subscriber eventsource;
      nchan_channel_id bench;
      nchan_subscriber_first_message newest;
    }
  }
}
`
}

async function waitUntilReady(port: number): Promise<void> {
  for (const began = performance.now(); performance.now() - began < START_TIMEOUT_MS; await wait(20)) {
    const isReady = await new Promise<boolean>((resolve) => {
      get({ host: '127.0.0.1', port, path: ROOM_PATH, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode === 200)
      }).once('error', () => resolve(false))
    })
    if (isReady) return
  }
  throw new Error('nginx with nchan does not answer')
}
