/** What goes to every reader of one format: the same bytes, with and without the framing of HTTP/1.1. */
export interface Parcel {
  /** A chunk of the chunked transfer coding, RFC 9112 §7.1. */
  readonly chunk: Buffer
  /** The same without it, for readers behind HTTP/1.0 proxies: a view into `chunk`. */
  readonly payload: Buffer
}

export function pack(text: string): Parcel {
  const size = Buffer.byteLength(text)
  const head = `${size.toString(16)}\r\n`
  const chunk = Buffer.from(`${head}${text}\r\n`)
  return { chunk, payload: chunk.subarray(head.length, head.length + size) }
}

/** Ends a chunked body. */
export const LAST_CHUNK = Buffer.from('0\r\n\r\n')
