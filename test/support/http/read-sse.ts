import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** The content of a stream: its events, and its reconnection times in milliseconds. */
export interface SseContent {
  readonly events: EventSourceMessage[]
  readonly retries: number[]
}

/** Reads a whole stream with a parser that conforms to the WHATWG standard. Throws its errors. */
export function readSse(stream: string): SseContent {
  return readSseChunks([new TextEncoder().encode(stream)])
}

/** Reads a stream from its bytes in any pieces, as the network may divide them. */
export function readSseChunks(chunks: Iterable<Uint8Array>): SseContent {
  const content: SseContent = { events: [], retries: [] }
  const parser = createParser({
    onEvent: (event) => void content.events.push(event),
    onRetry: (ms) => void content.retries.push(ms),
    onError: (error) => {
      throw error
    },
  })
  const decoder = new TextDecoder()
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }))
  parser.feed(decoder.decode())
  return content
}
