// What was sent shows at once, faintly, and gives way to the real message when the stream brings it. What could not be
// sent goes back to the composer.

import { onMessage } from './arrivals.js'
import { form, log } from './page.js'

const list = document.getElementById('pending')

/** Messages that the server has taken and the stream has not brought yet: their bubbles by id. */
const awaited = new Map()

const show = (text) => {
  const bubble = document.createElement('article')
  bubble.className = 'message pending'
  const body = document.createElement('div')
  body.dir = 'auto'
  body.textContent = text
  bubble.append(body)
  list.append(bubble)
  return bubble
}

/** The server forgot who this was, and takes us for somebody new: so be it. */
const adopt = (message) => {
  const { by } = message.dataset
  log.dataset.me = by
  document.querySelector('link[href^="/mine/"]').href = `/mine/${by}.css`
  document.querySelector('.me').textContent = message.querySelector('bdi').textContent
}

form.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  ctx.bubble = show(ctx.request.body.get('text').trim())
})
form.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  const id = ctx.response?.headers.get('Snug-Message')
  if (!id || document.getElementById(`m${id}`)) ctx.bubble?.remove()
  else awaited.set(`m${id}`, ctx.bubble)
})
onMessage((message) => {
  const bubble = awaited.get(message.id)
  if (!bubble) return
  if (message.dataset.by !== log.dataset.me) adopt(message)
  message.classList.add('still')
  bubble.remove()
  awaited.delete(message.id)
})
// What falls into a gap never comes.
log.addEventListener('gap', () => {
  for (const bubble of awaited.values()) bubble.remove()
  awaited.clear()
})
