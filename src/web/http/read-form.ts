import type { Context } from 'hono'
import { oversized, Refusal } from '../../chat/refusal.ts'
import type { Env, FormRefusal } from '../env.ts'

const BODY_MAX_BYTES = 16 * 1024

/** A larger body is refused, but read up to this size, so that the form can give the text back. */
const REDISPLAY_MAX_BYTES = 256 * 1024

/** The fields of a body by name. */
export type FormFields = ReadonlyMap<string, unknown>

/**
 * Makes the page that gives the typed text back.
 * @returns undefined if there is nothing to give back
 */
export type RedisplayForm = (fields: FormFields, refused: FormRefusal) => string | Promise<string | undefined>

/** No form of Snug has as many fields. Thousands would block the event loop for a quarter of a second. */
const FIELDS_MAX = 64

/**
 * Reads the body of a request: a form, a JSON object, or plain text as the field `text`. A second call returns the same
 * fields.
 * @param redisplayForm set before the size is checked, so that a body that is too large is given back, too
 * @param nested what happens to a JSON field that is not a string, a number, a boolean or a list of strings
 * @throws Refusal `too-large`, `unsupported`, and `invalid` for a body that can't be parsed
 */
export async function readForm(
  c: Context<Env>,
  redisplayForm?: RedisplayForm,
  nested: 'refused' | 'dropped' = 'refused',
): Promise<FormFields> {
  if (c.var.form) return c.var.form
  const [type = '', ...parameters] = (c.req.header('Content-Type') ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase())
  assertReadable(c.req.header('Content-Encoding'), parameters)
  const bytes = await readBytes(c)
  const fields: FormFields = await parseFields(c, type, bytes, nested)
  c.set('form', fields)
  if (redisplayForm) c.set('redisplayForm', (refused) => redisplayForm(fields, refused))
  if (bytes.length > BODY_MAX_BYTES) throw tooLarge()
  return fields
}

function assertReadable(encoding: string | undefined, parameters: readonly string[]): void {
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity')
    throw new Refusal('unsupported', 'Send the body as it is, without a Content-Encoding.')
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length)
  if (charset !== undefined && !/^"?(utf-?8|us-ascii)"?$/.test(charset))
    throw new Refusal('unsupported', 'Send the text as UTF-8.')
}

async function parseFields(
  c: Context,
  type: string,
  bytes: Buffer,
  nested: 'refused' | 'dropped',
): Promise<Map<string, unknown>> {
  switch (type) {
    case 'application/x-www-form-urlencoded': {
      const text = bytes.toString()
      assertFewFields(text, /&/g)
      return new Map(new URLSearchParams(text))
    }
    case 'text/plain':
      return new Map([['text', bytes.toString()]])
    case 'application/json':
      return parseJson(bytes.toString(), nested)
    case 'multipart/form-data':
      assertFewFields(bytes.toString('latin1'), /content-disposition/gi)
      return parseMultipart(c.req.header('Content-Type') ?? '', bytes)
    default:
      throw new Refusal('unsupported', 'Send a form, JSON, or text/plain.')
  }
}

function assertFewFields(text: string, mark: RegExp): void {
  let fields = 0
  for (mark.lastIndex = 0; mark.test(text); fields++) if (fields === FIELDS_MAX) throw tooManyFields()
}

function tooManyFields(): Refusal {
  return new Refusal('invalid', `That has too many fields: at most ${FIELDS_MAX} are accepted.`)
}

function parseJson(text: string, nested: 'refused' | 'dropped'): Map<string, unknown> {
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
  const flat = fields.filter(([, field]) => isFlat(field))
  if (nested === 'refused' && flat.length < fields.length)
    throw new Refusal(
      'invalid',
      'A field of the JSON must be a string, a number, true or false, or a list of strings.',
    )
  return new Map(flat)
}

function isFlat(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string')
  return typeof value !== 'object' || value === null
}

async function parseMultipart(type: string, bytes: Buffer): Promise<Map<string, unknown>> {
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { 'Content-Type': type } }).formData()
    return new Map(form.entries())
  } catch {
    throw new Refusal('invalid', 'This form can’t be read.')
  }
}

async function readBytes(c: Context): Promise<Buffer> {
  const announced = Number(c.req.header('Content-Length') ?? 0)
  if (announced > REDISPLAY_MAX_BYTES) throw tooLarge()
  try {
    if (c.req.header('Transfer-Encoding') === undefined) return Buffer.from(await c.req.arrayBuffer())
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of c.req.raw.body ?? []) {
      size += chunk.length
      if (size > REDISPLAY_MAX_BYTES) throw tooLarge()
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof Refusal) throw error
    // The sender has disconnected. That is not a bug, and nobody reads the response.
    throw new Refusal('invalid', 'The body did not arrive completely.')
  }
}

function tooLarge(): Refusal {
  return oversized('too-large', `That is too large: at most ${BODY_MAX_BYTES / 1024} KiB are accepted.`)
}
