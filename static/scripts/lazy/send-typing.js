// Tells the others that something is being written, now and then.

import { roomUrl } from '../room-url.js'

const SEND_MS = 3000

let sentAt = 0
let isEnabled = false

/** Tells from now on, and of what stands in the field already; once it does, nothing happens. */
export const sendTyping = (form) => {
  if (isEnabled) return
  isEnabled = true
  const send = () => {
    if (Date.now() - sentAt < SEND_MS || form.elements.namedItem('text').value === '') return
    sentAt = Date.now()
    fetch(roomUrl('typing'), { method: 'POST' }).catch(() => {})
  }
  form.addEventListener('input', send)
  form.addEventListener('htmx:config:request', () => {
    sentAt = 0
  })
  send()
}
