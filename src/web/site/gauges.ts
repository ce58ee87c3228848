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

export function openGauges({ chat: { hub }, streams, version }: GaugeSources): Gauges {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
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
      const open = streams.perFormat()
      for (const format of FORMATS) this.labels(format).set(open.of(format))
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
