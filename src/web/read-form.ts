import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'

export const BODY_MAX_BYTES = 16 * 1024

/** What is too long is read up to here, so that it can be given back to whoever typed it. */
const GIVEN_BACK_MAX_BYTES = 256 * 1024

/** The fields of a body, and whether it was longer than is taken. */
export interface Form {
  readonly fields: ReadonlyMap<string, unknown>
  readonly oversized: boolean
}

/**
 * A form, a JSON object, or plain text as the field `text`.
 * @throws Refusal `unsupported`, `invalid` for JSON that is none, `too-large` beyond what can be given back
 */
export async function readForm(c: Context): Promise<Form> {
  const type = (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const bytes = await readBytes(c)
  const oversized = bytes.length > BODY_MAX_BYTES
  return { fields: await parse(c, type, bytes), oversized }
}

async function parse(c: Context, type: string, bytes: Buffer): Promise<Map<string, unknown>> {
  switch (type) {
    case 'application/x-www-form-urlencoded':
      return new Map(new URLSearchParams(bytes.toString()))
    case 'text/plain':
      return new Map([['text', bytes.toString()]])
    case 'application/json':
      return parseJson(bytes.toString())
    case 'multipart/form-data':
      return parseMultipart(c.req.header('Content-Type') ?? '', bytes)
    default:
      throw new Refusal('unsupported', 'Send a form, JSON, or text/plain.')
  }
}

function parseJson(text: string): Map<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('invalid', 'This is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('invalid', 'The JSON must be an object with a field named text.')
  }
  return new Map(Object.entries(value))
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
  if (announced > GIVEN_BACK_MAX_BYTES) throw tooLarge()
  if (c.req.header('Transfer-Encoding') === undefined) return Buffer.from(await c.req.arrayBuffer())
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length
    if (size > GIVEN_BACK_MAX_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function tooLarge(): Refusal {
  return new Refusal('too-large', `That is too large: at most ${BODY_MAX_BYTES / 1024} KiB are accepted.`)
}
