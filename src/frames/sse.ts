/** The fields of one Server-Sent Event. */
export interface SseFields {
  readonly event?: string
  readonly id?: string
  /** Milliseconds. Browsers and htmx read it only in a block that has data. */
  readonly retry?: number
  readonly data: string
}

/**
 * Encodes one event as a block (WHATWG HTML §9.2.5). Lines end with LF only: a CR that is cut from its LF is misread.
 * Line breaks of any kind in `data` arrive as LF. `event` and `id` must not contain any, and `id` no NUL.
 */
export function sseBlock({ event, id, retry, data }: SseFields): string {
  let block = ''
  if (event !== undefined) block += `event: ${event}\n`
  if (id !== undefined) block += `id: ${id}\n`
  if (retry !== undefined) block += `retry: ${retry}\n`
  if (!/[\r\n]/.test(data)) return `${block}data: ${data}\n\n`
  for (const line of data.split(/\r\n|\r|\n/)) block += `data: ${line}\n`
  return `${block}\n`
}
