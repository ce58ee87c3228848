// Tells the others that something is being written, now and then.

import { roomUrl } from '../ticket.js'

const TELL_MS = 3000

let toldAt = 0
let telling = false

/** Tells from now on, and of what stands in the field already; once it does, nothing happens. */
export const tellTyping = (form) => {
  if (telling) return
  telling = true
  const tell = () => {
    if (Date.now() - toldAt < TELL_MS || form.elements.namedItem('text').value === '') return
    toldAt = Date.now()
    fetch(roomUrl('typing'), { method: 'POST' }).catch(() => {})
  }
  form.addEventListener('input', tell)
  form.addEventListener('htmx:config:request', () => {
    toldAt = 0
  })
  tell()
}
