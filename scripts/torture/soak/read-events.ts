/** An event or signal of `live.ndjson`, reduced to the fields that the soak needs. */
export interface StreamEvent {
  readonly kind: string
  readonly id?: string
  readonly text?: string
  readonly cursor?: string
  readonly afresh?: boolean
  /** The id of a deleted message. */
  readonly of?: string
  /** An edited message. */
  readonly message?: { readonly id: string; readonly text: string }
}

/**
 * Reads one stream until it ends, is cut or is aborted.
 * @param live the URL of the room's `live.ndjson`
 */
export async function* readEvents(
  live: string,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent, void, void> {
  try {
    const response = await fetch(live, { signal })
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      // A line that was cut off was not received; it is replayed.
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line) as StreamEvent
    }
  } catch (error) {
    // Only a cut connection is expected.
    if (error instanceof SyntaxError) throw error
  }
}
