import { oversized, Refusal } from './refusal.ts'

export const MESSAGE_MAX_BYTES = 4096
export const KEY_MAX_LENGTH = 64

/** A validated message that is not yet accepted. */
export interface Draft {
  readonly text: string
  /** The client-made idempotency token of this post. */
  readonly key: string | undefined
}

// C0 and C1 controls except TAB and LF: they control terminals and are never text.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/**
 * Parses the fields of a post.
 * @throws Refusal `invalid` for a blank text or a bad key, `too-large` above 4 KiB of UTF-8
 */
export function parseDraft(input: { text?: unknown; key?: unknown }): Draft {
  const text = parseText(input.text)
  if (input.key === undefined || input.key === null || input.key === '') return { text, key: undefined }
  if (
    typeof input.key !== 'string' ||
    !/^[\x21-\x7e]+$/.test(input.key) ||
    input.key.length > KEY_MAX_LENGTH
  ) {
    throw new Refusal('invalid', `A key is 1 to ${KEY_MAX_LENGTH} visible ASCII characters.`)
  }
  return { text, key: input.key }
}

function parseText(input: unknown): string {
  if (typeof input !== 'string')
    throw new Refusal('invalid', 'A message needs a field named text, such as text=hello.')
  const text = input
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(CONTROLS, '')
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd()
  if (/^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(text)) {
    const sentence = 'There is nothing in this message yet.'
    throw input.length > MESSAGE_MAX_BYTES ? oversized('invalid', sentence) : new Refusal('invalid', sentence)
  }
  const bytes = utf8Length(text)
  if (bytes > MESSAGE_MAX_BYTES) {
    throw new Refusal(
      'too-large',
      `This message is ${bytes - MESSAGE_MAX_BYTES === 1 ? '1 byte' : `${bytes - MESSAGE_MAX_BYTES} bytes`} too long; at most ${MESSAGE_MAX_BYTES} fit.`,
    )
  }
  return text
}

function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}
