import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** What an EventSource makes of a stream: its events, and the reconnection times that it was told. */
export interface SseContent {
  readonly events: EventSourceMessage[]
  readonly retries: number[]
}

/** Reads a whole stream by a WHATWG-conforming parser; whatever that complains about fails the test. */
export function readSse(stream: string): SseContent {
  return readSseChunks([new TextEncoder().encode(stream)])
}

/** The same from the bytes as the network may cut them. */
export function readSseChunks(chunks: Iterable<Uint8Array>): SseContent {
  const reading: SseContent = { events: [], retries: [] }
  const parser = createParser({
    onEvent: (event) => void reading.events.push(event),
    onRetry: (ms) => void reading.retries.push(ms),
    onError: (error) => {
      throw error
    },
  })
  const decoder = new TextDecoder()
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }))
  parser.feed(decoder.decode())
  return reading
}
