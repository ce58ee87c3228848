/**
 * Reads Server-Sent Events, and tells of each, one after the other, until the stream is over or given up. The server
 * ends its lines with LF alone and sends no comments: what else the format allows is not read here.
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
      // What was given up comes again by the next stream.
      if (signal.aborted) return
      await onEvent(event)
    }
  }
}
