import type { Readable } from 'node:stream'

/**
 * Reads a stream line by line.
 * @param max of a longer line, only the first `max + 1` UTF-16 code units are returned; the rest is not kept in memory
 */
export async function* readLines(input: Readable, max: number): AsyncGenerator<string, void, void> {
  let rest = ''
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = String(chunk).split('\n')
    lines[0] = rest + (lines[0] ?? '')
    rest = (lines.pop() ?? '').slice(0, max + 1)
    for (const line of lines) yield line.slice(0, max + 1)
  }
  if (rest !== '') yield rest
}
