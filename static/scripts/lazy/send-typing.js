// Signals to the others now and then that the reader is typing.

import { roomUrl } from '../room-url.js'

const SEND_MS = 3000

let sentAt = Number.NEGATIVE_INFINITY
let isEnabled = false

/** Sends signals from now on, the first at once if the field has a text. A second call does nothing. */
export const sendTyping = (form) => {
  if (isEnabled) return
  isEnabled = true
  const send = () => {
    if (performance.now() - sentAt < SEND_MS || form.elements.namedItem('text').value === '') return
    sentAt = performance.now()
    fetch(roomUrl('typing'), { method: 'POST' }).catch(() => {})
  }
  form.addEventListener('input', send)
  form.addEventListener('htmx:config:request', () => {
    sentAt = Number.NEGATIVE_INFINITY
  })
  send()
}
