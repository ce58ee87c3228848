import type { Readable } from 'node:stream'
import { Refusal } from '../chat/refusal.ts'

/**
 * Reads a stream of UTF-8 line by line.
 * @param max of a longer line, only the first `max + 1` UTF-16 code units are returned; the rest is not kept in memory
 * @throws Refusal `invalid` for bytes that are not UTF-8: characters would be replaced without a word
 */
export async function* readLines(input: Readable, max: number): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let number = 1
  let rest = ''
  for await (const chunk of input) {
    const lines = decode(decoder, Buffer.from(chunk), number).split('\n')
    lines[0] = rest + (lines[0] ?? '')
    rest = (lines.pop() ?? '').slice(0, max + 1)
    for (const line of lines) yield line.slice(0, max + 1)
    number += lines.length
  }
  rest += decode(decoder, undefined, number)
  if (rest !== '') yield rest
}

/** @param chunk undefined at the end of the stream */
function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer | undefined, line: number): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined })
  } catch {
    throw new Refusal('invalid', `From line ${line} on it is not UTF-8. Save the file as UTF-8.`)
  }
}
