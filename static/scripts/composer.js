// The composer is emptied at once, so that the next message can be typed while a post is sent. No text is lost: the
// text of a refused or failed post comes back, before the text typed since.

import './input-methods.js'
import { field, form } from './room-elements.js'
import { isSendingKey } from './sending-key.js'

const UNSENT = 'Not sent: the server can’t be reached. Your text is kept.'

/** The post that failed. If its text is sent again unchanged it keeps its key: the server may have accepted it. */
let failedPost

/** The text that came back, which is now at the start of the field, and the reason. */
let returned = { text: '', reason: '' }

const newKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(15))))

const joinLines = (...texts) => texts.filter((text) => text !== '').join('\n')

// Setting the same text again would move the caret and end the composition of an input method.
const setText = (text) => {
  if (field().value !== text) field().value = text
}

const showRefusal = (sentence) => {
  let refusal = document.getElementById('refusal')
  if (!refusal) {
    refusal = document.createElement('p')
    refusal.id = 'refusal'
    refusal.className = 'refusal'
    refusal.setAttribute('role', 'alert')
    field().before(refusal)
  }
  refusal.textContent = sentence
  if (sentence !== UNSENT) return
  const retryButton = document.createElement('button')
  retryButton.type = 'submit'
  retryButton.className = 'secondary'
  retryButton.textContent = 'Try again'
  refusal.append(' ', retryButton)
}

const restoreText = (text, reason) => {
  const current = field().value
  const earlier = current.startsWith(returned.text) ? returned.text : ''
  returned = { text: joinLines(earlier, text), reason }
  setText(joinLines(returned.text, current.slice(earlier.length).replace(/^\n/, '')))
  showRefusal(reason)
}

form.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  const body = ctx.request.body
  const text = body.get('text')
  if (failedPost?.text === text) body.set('key', failedPost.key)
  failedPost = undefined
  returned = { text: '', reason: '' }
  ctx.sent = { text, key: body.get('key') }
  setText('')
  form.elements.namedItem('key').value = newKey()
  field().focus()
})

form.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail
  if (!ctx.sent) return
  ctx.typedSince = field().value
  if (ctx.text.includes('name="key"')) return
  // This response is a proxy's page or a sentence of the server: neither may replace the composer.
  event.preventDefault()
  failedPost = ctx.sent
  const plain = ctx.response.headers.get('Content-Type')?.startsWith('text/plain')
  restoreText(ctx.sent.text, plain ? ctx.text : UNSENT)
})

form.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  if (!ctx.sent) return
  setText(ctx.typedSince)
  if (ctx.response.status >= 400) {
    restoreText(ctx.sent.text, document.getElementById('refusal')?.textContent ?? UNSENT)
  } else if (returned.text !== '' && ctx.typedSince.startsWith(returned.text)) showRefusal(returned.reason)
})

form.addEventListener('htmx:error', ({ detail: { ctx } }) => {
  if (!ctx?.sent) return
  failedPost = ctx.sent
  restoreText(ctx.sent.text, UNSENT)
})

form.addEventListener('keydown', (event) => {
  if (!isSendingKey(event)) return
  event.preventDefault()
  // Not requestSubmit(): a sandbox may forbid it.
  if (field().value.trim() !== '') form.querySelector('[type=submit]').click()
})
