// What was sent shows at once, faintly, in the place and the shape of the real message, and gives way to it when the
// stream brings it. What could not be sent goes back to the composer.

/** As the server says which messages read as one, and which are drawn large. */
const GROUP_MS = 300_000
const LARGE_EMOJI = /^(?:\p{RGI_Emoji}\s*){1,5}$/v

const list = document.getElementById('pending')

/** Messages that the server has taken and the stream has not brought yet: their bubbles by id. */
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

/** What is left of a text however it is rendered. */
const lettersOf = ({ lastElementChild }) => lastElementChild.textContent.replace(/[^\p{L}\p{N}]/gu, '')

/** The stream may be faster than the answer to the post, which tells the id. */
const findUnanswered = (message) =>
  isOwn(message) && [...list.children].find((bubble) => lettersOf(bubble) === lettersOf(message))

/** The server may have forgotten who this was, and take us for somebody new: so be it. */
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

/** Begins to; once it has, nothing happens. */
export const showPending = (form, logElement, onMessage) => {
  if (log) return
  log = logElement
  form.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    ctx.bubble = show(ctx.request.body.get('text').trim())
  })
  form.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    const id = ctx.response?.headers.get('Snug-Message')
    const message = id && document.getElementById(`m${id}`)
    if (message) adoptTag(message)
    if (!id || message) ctx.bubble?.remove()
    // What was sent before this began has no bubble.
    else if (ctx.bubble) awaited.set(`m${id}`, ctx.bubble)
  })
  onMessage(replaceBubble)
  // What falls into a gap never comes.
  log.addEventListener('gap', () => {
    for (const bubble of awaited.values()) bubble.remove()
    awaited.clear()
  })
}
