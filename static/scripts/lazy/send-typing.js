// Signals to the others now and then that the reader is typing.

import { roomUrl } from '../room-url.js'

const SEND_MS = 3000

let sentAt = 0
let isEnabled = false

/** Sends signals from now on, the first at once if the field has a text. A second call does nothing. */
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
