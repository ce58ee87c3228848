// Notifications about mentions. The browser asks for permission only after a click on the button.

import { isolateName } from '../isolate-name.js'

const canNotify = () => 'Notification' in globalThis && isSecureContext

/** Shows in the panel whether the browser notifies the reader, or a button that enables it. */
export const offerNotifications = (panel) => {
  const paragraph = panel.querySelector('[data-notify]')
  if (!paragraph || !canNotify()) return
  paragraph.hidden = false
  const sentences = {
    granted: 'This browser tells you when you are mentioned.',
    denied: 'This browser blocks notifications from here.',
  }
  const show = () => {
    if (sentences[Notification.permission]) paragraph.textContent = sentences[Notification.permission]
  }
  show()
  const button = paragraph.querySelector('button')
  if (button) button.onclick = () => Notification.requestPermission().then(show)
}

/** Notifies the reader of a mention, without the text: systems may store notifications. */
export const notify = (message) => {
  if (!canNotify() || Notification.permission !== 'granted') return
  const name = message.querySelector('bdi').textContent
  const room = document.querySelector('h1').textContent
  try {
    const notification = new Notification(`${isolateName(name)} wrote to you in ${isolateName(room)}`, {
      tag: message.id,
    })
    notification.addEventListener('click', () => {
      focus()
      message.scrollIntoView({ block: 'center' })
      notification.close()
    })
  } catch {
    // Browsers on phones accept notifications only from service workers.
  }
}
