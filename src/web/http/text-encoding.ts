import { Refusal } from '../../chat/refusal.ts'

/** Decodes text in one encoding, without a byte order mark at its beginning. */
export interface TextEncoding {
  /** The lower-case name of the encoding. */
  readonly name: string
  /** @throws Refusal `invalid` for bytes that are not text in this encoding */
  decode(bytes: Uint8Array): string
}

/**
 * Finds an encoding by its label.
 * @param label the `charset` of a Content-Type; undefined for UTF-8
 * @throws Refusal `unsupported` for an encoding that can’t be decoded
 */
export function textEncoding(label: string | undefined): TextEncoding {
  // The standard reads US-ASCII as windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels). Programs that
  // declare it for other text send UTF-8.
  if (label === undefined || /^us-ascii$/i.test(label)) return UTF_8
  return encodingOf(createDecoder(label))
}

// Made once: nearly all bodies are in UTF-8, and a decoder keeps nothing from one text to the next.
const UTF_8 = encodingOf(new TextDecoder('utf-8', { fatal: true }))

function encodingOf(decoder: TextDecoder): TextEncoding {
  const { encoding: name } = decoder
  return {
    name,
    decode(bytes) {
      if (name === 'utf-8' && looksLikeUtf16(bytes)) throw notEncodedIn(name)
      try {
        return decoder.decode(bytes)
      } catch (error) {
        if (error instanceof TypeError) throw notEncodedIn(name)
        throw error
      }
    },
  }
}

function createDecoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true })
  } catch (error) {
    if (error instanceof RangeError)
      throw new Refusal('unsupported', 'Text in this encoding can’t be read. Send it as UTF-8.')
    throw error
  }
}

/** The refusal of bytes that are not text in the given encoding. */
export function notEncodedIn(name: string): Refusal {
  const remedy =
    'Send it as UTF-8, or name its encoding in the Content-Type, for example: text/plain; charset=windows-1252'
  return new Refusal('invalid', `This text is not encoded in ${name.toUpperCase()}. ${remedy}`)
}

// Text in UTF-16 can be valid UTF-8 by chance. Every other byte is NUL then, as in no other text.
function looksLikeUtf16(bytes: Uint8Array): boolean {
  let nulls = 0
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) nulls++
  return nulls > 0 && nulls * 3 >= bytes.length
}
