import { Refusal } from '../../chat/refusal.ts'
import { notEncodedIn, type TextEncoding, textEncoding } from './text-encoding.ts'

/** No form of Snug has as many fields. Thousands would block the event loop for a quarter of a second. */
const FIELDS_MAX = 64

/**
 * Who sends a body. A form has only JSON fields that are a string, a number, a boolean or a list of strings. A webhook
 * has any, and its JSON may have any content type: many programs send the default type of their library.
 */
export type BodyClient = 'form' | 'webhook'

/**
 * Parses the body of a request: a form, a JSON object, or plain text as the field `text`. Text is in UTF-8 or in the
 * encoding that the Content-Type declares. A byte order mark before it is skipped.
 * @param contentType the header, RFC 9110 §8.3
 * @throws Refusal `unsupported` for another type or encoding, `invalid` for a body that can't be parsed
 */
export async function parseBody(
  contentType: string,
  bytes: Buffer,
  client: BodyClient,
): Promise<Map<string, unknown>> {
  const json = client === 'webhook' ? decodeJsonObject(contentType, bytes) : undefined
  const fields = json === undefined ? await parseFields(contentType, bytes, client) : parseJson(json, client)
  // In forms, the text of a file can begin with a mark as well. One that is alone is not before a text.
  for (const [name, value] of fields)
    if (typeof value === 'string' && value.length > 1 && value.startsWith('\ufeff'))
      fields.set(name, value.slice(1))
  return fields
}

async function parseFields(
  contentType: string,
  bytes: Buffer,
  client: BodyClient,
): Promise<Map<string, unknown>> {
  const encoding = textEncoding(readCharset(contentType))
  switch (formatOf(contentType)) {
    case 'application/x-www-form-urlencoded': {
      // The type that `curl -d` and others send for a body of any kind.
      const json = decodeJsonObject(contentType, bytes)
      return json === undefined ? parseUrlEncoded(bytes, encoding) : parseJson(json, client)
    }
    case 'text/plain':
      return new Map([['text', encoding.decode(bytes)]])
    case 'application/json':
      return parseJson(encoding.decode(bytes), client)
    case 'multipart/form-data':
      return parseMultipart(contentType, bytes, encoding)
    default:
      throw new Refusal('unsupported', 'Send a form, JSON, or text/plain.')
  }
}

/** @returns undefined for a body that is not the text of a JSON object */
function decodeJsonObject(contentType: string, bytes: Buffer): string | undefined {
  if (!beginsObject(bytes)) return undefined
  const text = textEncoding(readCharset(contentType)).decode(bytes)
  try {
    JSON.parse(text)
    return text
  } catch {
    return undefined
  }
}

/** Whether a brace is the first of the bytes, but for a byte order mark and spaces. */
function beginsObject(bytes: Buffer): boolean {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (isSpace(bytes[at])) at++
  return bytes[at] === 0x7b
}

// Those of JSON (RFC 8259 §2).
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** The media type, without the variety of JSON (RFC 6838 §4.2.8). */
function formatOf(contentType: string): string {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
  return /^(?:text\/json|application\/.+\+json)$/.test(type) ? 'application/json' : type
}

function readCharset(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*["']?([^"';\s]+)/i.exec(contentType)?.[1]
}

function parseUrlEncoded(bytes: Buffer, encoding: TextEncoding): Map<string, string> {
  const isWide = encoding.name.startsWith('utf-16')
  if (isWide || encoding.name === 'utf-8') {
    const text = encoding.decode(bytes)
    assertFewFields(text, /&/g)
    const fields = new Map(new URLSearchParams(text))
    // URLSearchParams takes what is percent-encoded for UTF-8, and puts U+FFFD where it is not.
    if (isWide || !text.includes('%') || !hasReplacements(fields)) return fields
  }
  const text = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '')
  assertFewFields(text, /&/g)
  const decode = (part = '') => encoding.decode(percentDecode(part))
  return new Map(
    text
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const at = pair.indexOf('=')
        return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
      }),
  )
}

/** @param part one character per byte */
function percentDecode(part: string): Buffer {
  const decoded = part
    .replaceAll('+', ' ')
    .replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return Buffer.from(decoded, 'latin1')
}

function hasReplacements(fields: ReadonlyMap<string, string>): boolean {
  for (const [name, value] of fields) if (hasReplacement(name) || hasReplacement(value)) return true
  return false
}

function hasReplacement(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\ufffd')
}

function assertFewFields(text: string, mark: RegExp): void {
  let fields = 0
  for (mark.lastIndex = 0; mark.test(text); fields++) if (fields === FIELDS_MAX) throw tooManyFields()
}

function tooManyFields(): Refusal {
  return new Refusal('invalid', `That has too many fields: at most ${FIELDS_MAX} are accepted.`)
}

function parseJson(text: string, client: BodyClient): Map<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('invalid', 'This is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('invalid', 'The JSON must be an object with a field named text.')
  }
  const fields = Object.entries(value)
  if (fields.length > FIELDS_MAX) throw tooManyFields()
  if (client === 'form' && !fields.every(([, field]) => isFlat(field)))
    throw new Refusal(
      'invalid',
      'A field of the JSON must be a string, a number, true or false, or a list of strings.',
    )
  return new Map(fields)
}

function isFlat(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string')
  return typeof value !== 'object' || value === null
}

async function parseMultipart(
  contentType: string,
  bytes: Buffer,
  encoding: TextEncoding,
): Promise<Map<string, unknown>> {
  const text = bytes.toString('latin1')
  assertFewFields(text, /content-disposition/gi)
  let fields: Map<string, unknown>
  try {
    const headers = { 'Content-Type': contentType }
    const form = await new Response(new Uint8Array(bytes), { headers }).formData()
    fields = new Map(form.entries())
  } catch {
    throw new Refusal('invalid', 'This form can’t be read.')
  }
  // `formData` takes all text for UTF-8, and puts U+FFFD where it is not.
  const checked = new Set<string>()
  for (const { name, charset, part, isFile } of encodedParts(contentType, text)) {
    // A file is text where a text is asked for. Other files are left alone.
    if (isFile && name !== 'text') continue
    const isExact =
      !isFile && charset === undefined && encoding.name === 'utf-8' && !hasReplacement(fields.get(name))
    if (!isExact) fields.set(name, (charset === undefined ? encoding : textEncoding(charset)).decode(part))
    checked.add(name)
  }
  for (const [name, value] of fields)
    if (hasReplacement(name) || (hasReplacement(value) && !checked.has(name)))
      throw notEncodedIn(encoding.name)
  return fields
}

interface EncodedPart {
  readonly name: string
  readonly charset: string | undefined
  readonly part: Buffer
  readonly isFile: boolean
}

/**
 * The fields of a multipart form: name, `charset` of the part (RFC 7578 §4.5), and bytes.
 * @param text one character per byte
 */
function* encodedParts(contentType: string, text: string): Generator<EncodedPart> {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)?.slice(1).join('')
  for (const part of `\r\n${text}`.split(`\r\n--${boundary}`)) {
    const end = part.indexOf('\r\n\r\n')
    const head = part.slice(0, end)
    const [, name] = /^content-disposition:.*;\s*name="([^"]*)"/im.exec(head) ?? []
    if (end < 0 || name === undefined) continue
    const isFile = /;\s*filename\*?=/i.test(head)
    const [, type = ''] = /^content-type:(.*)$/im.exec(head) ?? []
    yield {
      name: decodeName(name),
      charset: readCharset(type),
      part: Buffer.from(part.slice(end + 4), 'latin1'),
      isFile,
    }
  }
}

/** The name of a field as `formData` has it. */
function decodeName(name: string): string {
  const unescaped = name.replace(/%(22|0A|0D)/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  return Buffer.from(unescaped, 'latin1').toString()
}
