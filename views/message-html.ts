import type { Posted } from '../src/chat/event.ts'
import { renderText } from './render-text.ts'

// Kept with the message and gone with it, so that no text outlives its message (P3).
const htmlOf = new WeakMap<Posted, string>()

/** The text of a message as HTML. It is rendered once for all readers, formats and pages that have the same object. */
export function messageHtml(message: Posted): string {
  let html = htmlOf.get(message)
  if (html === undefined) {
    html = renderText(message.text)
    htmlOf.set(message, html)
  }
  return html
}

/** How many characters a message takes on a page, but for its time and its author. */
export function htmlLength(message: Posted): number {
  return messageHtml(message).length
}
