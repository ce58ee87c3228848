// Shows a sent message at once, faintly, with the place and shape of the real message, which replaces it when it
// arrives by the stream. A text that could not be sent goes back to the composer.

/** The same as in the server: which messages form a group, and which are drawn large. */
const GROUP_MS = 300_000
const LARGE_EMOJI = /^(?:\p{RGI_Emoji}\s*){1,5}$/v

const list = document.getElementById('pending')

/** Bubbles by id, of messages that the server has accepted and the stream has not delivered yet. */
const awaited = new Map()

let log

const isOwn = (message) => message?.dataset.by === log.dataset.ownTag

const continuesGroup = () => {
  if (list.childElementCount > 0) return true
  const last = [...log.querySelectorAll('.message')].at(-1)
  return isOwn(last) && Date.now() - Date.parse(last.querySelector('time').dateTime) < GROUP_MS
}

const show = (text) => {
  const bubble = document.createElement('article')
  const time = document.createElement('time')
  const body = document.createElement('div')
  bubble.className = `message pending${continuesGroup() ? ' grouped' : ''}${LARGE_EMOJI.test(text) ? ' emoji' : ''}`
  time.textContent = 'sending…'
  body.dir = 'auto'
  body.textContent = text
  bubble.append(time, body)
  list.append(bubble)
  return bubble
}

/** The letters and digits of a message: they are the same before and after rendering. */
const lettersOf = ({ lastElementChild }) => lastElementChild.textContent.replace(/[^\p{L}\p{N}]/gu, '')

/** Finds the bubble by its text: the stream may be faster than the response to the post, which contains the id. */
const findUnanswered = (message) =>
  isOwn(message) && [...list.children].find((bubble) => lettersOf(bubble) === lettersOf(message))

/** Adopts a new tag and name: the server may have lost the session and made the reader a new member. */
const adoptTag = (message) => {
  const { by } = message.dataset
  if (by === log.dataset.ownTag) return
  log.dataset.ownTag = by
  document.querySelector('link[href^="/mine/"]').href = `/mine/${by}.css`
  document.querySelector('.own-name').textContent = message.querySelector('bdi').textContent
}

const replaceBubble = (message) => {
  const bubble = awaited.get(message.id) ?? findUnanswered(message)
  if (!bubble) return
  adoptTag(message)
  message.classList.add('no-animation')
  bubble.remove()
  awaited.delete(message.id)
}

/** Shows bubbles from now on. A second call does nothing. */
export const showPending = (form, logElement, onMessage) => {
  if (log) return
  log = logElement
  form.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    ctx.bubble = show(
      ctx.request.body
        .get('text')
        .replace(/^(?:[^\S\n]*\n)+/, '')
        .trimEnd(),
    )
  })
  form.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    const id = ctx.response?.headers.get('Snug-Message')
    const message = id && document.getElementById(`m${id}`)
    if (message) adoptTag(message)
    if (!id || message) ctx.bubble?.remove()
    // A message that was sent before this call has no bubble.
    else if (ctx.bubble) awaited.set(`m${id}`, ctx.bubble)
  })
  onMessage(replaceBubble)
  // A message in a gap never arrives.
  log.addEventListener('gap', () => {
    for (const bubble of awaited.values()) bubble.remove()
    awaited.clear()
  })
}
