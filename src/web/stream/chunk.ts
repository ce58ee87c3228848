/** The bytes that every reader of one format gets, with and without the framing of HTTP/1.1. */
export interface Chunk {
  /** A chunk of the chunked transfer coding (RFC 9112 §7.1). */
  readonly chunked: Buffer
  /** The same bytes without that coding, for readers behind HTTP/1.0 proxies: a view into `chunked`. */
  readonly payload: Buffer
}

export function encodeChunk(text: string): Chunk {
  const size = Buffer.byteLength(text)
  const head = `${size.toString(16)}\r\n`
  const chunked = Buffer.from(`${head}${text}\r\n`)
  return { chunked, payload: chunked.subarray(head.length, head.length + size) }
}

/** Ends a chunked body. */
export const LAST_CHUNK = Buffer.from('0\r\n\r\n')
