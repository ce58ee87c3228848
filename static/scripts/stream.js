/**
 * Reads Server-Sent Events and calls `onEvent` for each, one after the other, until the stream has ended or is aborted.
 * The server ends lines with LF and sends no comments: the rest of the format is not supported.
 */
export const readEvents = async (body, signal, onEvent) => {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const blocks = (rest + value).split('\n\n')
    rest = blocks.pop()
    for (const block of blocks) {
      const event = {}
      for (const line of block.split('\n')) {
        const [name] = line.split(': ', 1)
        const text = line.slice(name.length + 2)
        event[name] = name in event ? `${event[name]}\n${text}` : text
      }
      // After an abort, the next stream sends the rest again.
      if (signal.aborted) return
      await onEvent(event)
    }
  }
}
