import type { Context } from 'hono'
import { oversized, Refusal } from '../../chat/refusal.ts'
import type { Env, FormRefusal } from '../env.ts'
import { type BodyClient, parseBody } from './parse-body.ts'

/** The largest body that is accepted. */
export const BODY_MAX_BYTES = 16 * 1024

/** A larger body is refused, but read up to this size, so that the form can give the text back. */
export const REDISPLAY_MAX_BYTES = 256 * 1024

/** The fields of a body by name. */
export type FormFields = ReadonlyMap<string, unknown>

/**
 * Makes the page that gives the typed text back.
 * @returns undefined if there is nothing to give back
 */
export type RedisplayForm = (fields: FormFields, refused: FormRefusal) => string | Promise<string | undefined>

/**
 * Reads the body of a request: a form, a JSON object, or plain text as the field `text`. A second call returns the same
 * fields.
 * @param redisplayForm set before the size is checked, so that a body that is too large is given back, too
 * @param client as for `parseBody`
 * @throws Refusal `too-large`, and as `parseBody`
 */
export async function readForm(
  c: Context<Env>,
  redisplayForm?: RedisplayForm,
  client: BodyClient = 'form',
): Promise<FormFields> {
  if (c.var.form) return c.var.form
  assertUncompressed(c.req.header('Content-Encoding'))
  const bytes = await readBytes(c)
  const fields: FormFields = await parseBody(c.req.header('Content-Type') ?? '', bytes, client)
  c.set('form', fields)
  if (redisplayForm) c.set('redisplayForm', (refused) => redisplayForm(fields, refused))
  if (bytes.length > BODY_MAX_BYTES) throw tooLarge()
  return fields
}

function assertUncompressed(encoding: string | undefined): void {
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity')
    throw new Refusal('unsupported', 'Send the body as it is, without a Content-Encoding.')
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
      // Memory is reserved by the length that a request announces; this one announced none.
      if (size > BODY_MAX_BYTES) throw tooLarge()
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof Refusal) throw error
    // The sender has disconnected. That is not a bug, and nobody reads the response.
    throw new Refusal('invalid', 'The body did not arrive completely.')
  }
}

/** The refusal of a body that is too large. */
export function tooLarge(): Refusal {
  return oversized('too-large', `That is too large: at most ${BODY_MAX_BYTES / 1024} KiB are accepted.`)
}
