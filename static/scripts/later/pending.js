// What was sent shows at once, faintly, in the place and the shape of the real message, and gives way to it when the
// stream brings it. What could not be sent goes back to the composer.

/** As the server says which messages read as one, and which are drawn large. */
const BREATH_MS = 300_000
const LARGE_EMOJI = /^(?:\p{RGI_Emoji}\s*){1,5}$/v

const list = document.getElementById('pending')

/** Messages that the server has taken and the stream has not brought yet: their bubbles by id. */
const awaited = new Map()

let log

const isMine = (message) => message?.dataset.by === log.dataset.me

const isNext = () => {
  if (list.childElementCount > 0) return true
  const last = [...log.querySelectorAll('.message')].at(-1)
  return isMine(last) && Date.now() - Date.parse(last.querySelector('time').dateTime) < BREATH_MS
}

const show = (text) => {
  const bubble = document.createElement('article')
  const time = document.createElement('time')
  const body = document.createElement('div')
  bubble.className = `message pending${isNext() ? ' next' : ''}${LARGE_EMOJI.test(text) ? ' emoji' : ''}`
  time.textContent = 'sending…'
  body.dir = 'auto'
  body.textContent = text
  bubble.append(time, body)
  list.append(bubble)
  return bubble
}

/** What is left of a text however it is rendered. */
const bare = ({ lastElementChild }) => lastElementChild.textContent.replace(/[^\p{L}\p{N}]/gu, '')

/** The stream may be faster than the answer to the post, which tells the id. */
const unanswered = (message) =>
  isMine(message) && [...list.children].find((bubble) => bare(bubble) === bare(message))

/** The server may have forgotten who this was, and take us for somebody new: so be it. */
const adopt = (message) => {
  const { by } = message.dataset
  if (by === log.dataset.me) return
  log.dataset.me = by
  document.querySelector('link[href^="/mine/"]').href = `/mine/${by}.css`
  document.querySelector('.me').textContent = message.querySelector('bdi').textContent
}

const giveWay = (message) => {
  const bubble = awaited.get(message.id) ?? unanswered(message)
  if (!bubble) return
  adopt(message)
  message.classList.add('still')
  bubble.remove()
  awaited.delete(message.id)
}

/** Begins to; once it has, nothing happens. */
export const showPending = (form, within, onMessage) => {
  if (log) return
  log = within
  form.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    ctx.bubble = show(ctx.request.body.get('text').trim())
  })
  form.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    const id = ctx.response?.headers.get('Snug-Message')
    const message = id && document.getElementById(`m${id}`)
    if (message) adopt(message)
    if (!id || message) ctx.bubble?.remove()
    // What was sent before this began has no bubble.
    else if (ctx.bubble) awaited.set(`m${id}`, ctx.bubble)
  })
  onMessage(giveWay)
  // What falls into a gap never comes.
  log.addEventListener('gap', () => {
    for (const bubble of awaited.values()) bubble.remove()
    awaited.clear()
  })
}
