import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Chat } from '../../chat/chat.ts'
import { FORMATS } from '../../chat/delivery/frames.ts'
import type { Streams } from '../stream/streams.ts'

/**
 * The sources of this process's metrics. They are only numbers, without names.
 * Format: https://prometheus.io/docs/instrumenting/exposition_formats
 */
export interface GaugeSources {
  readonly chat: Pick<Chat, 'hub'>
  readonly streams: Streams
  readonly version: string
}

/** All metrics, measured when they are read. */
export interface Gauges {
  readonly contentType: string
  readonly text: () => Promise<string>
}

/**
 * Default metrics that list every socket of the process, or every descriptor, on the event loop: 20 ms with 8,000
 * readers. The streams are counted by Snug itself.
 */
const SLOW_METRICS = [
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'process_open_fds',
]

/** Linux gives the folder of open descriptors their number as its size, since version 6.2. */
const DESCRIPTORS = '/proc/self/fd'

async function countDescriptors(): Promise<number> {
  const { size } = await stat(DESCRIPTORS)
  return size > 0 ? size : (await readdir(DESCRIPTORS)).length
}

export function openGauges({ chat: { hub }, streams, version }: GaugeSources): Gauges {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  for (const name of SLOW_METRICS) registry.removeSingleMetric(name)
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })

  if (existsSync(DESCRIPTORS))
    new Gauge({
      name: 'process_open_fds',
      help: 'Number of open file descriptors.',
      registers,
      async collect() {
        this.set(await countDescriptors())
      },
    })
  new Gauge({ name: 'snug_build_info', help: 'The version, as a label.', registers, labelNames: ['version'] })
    .labels(version)
    .set(1)
  gauge('snug_rooms', 'Rooms that this process follows.', () => hub.size)
  new Gauge({
    name: 'snug_streams',
    help: 'Open streams, by format.',
    registers,
    labelNames: ['format'],
    collect() {
      for (const format of FORMATS) this.labels(format).set(streams.perFormat.of(format))
    },
  })
  gauge('snug_streams_waiting', 'Open streams with bytes waiting in the process.', () => streams.waiting)
  gauge(
    'snug_streams_detached',
    '1: open streams keep only their socket; 0: also their parser, request and response, about three times the memory.',
    () => Number(streams.detached),
  )
  counter('snug_streams_opened_total', 'Streams that were opened.', () => streams.opened)
  counter(
    'snug_streams_cut_total',
    'Streams that were cut because the reader was too slow.',
    () => streams.cut,
  )
  return { contentType: registry.contentType, text: () => registry.metrics() }
}
