// The composer empties at once and can be typed in while a post is under way. Whatever becomes of the post, no text is
// lost: what was not taken comes back, before what was typed since.

import { field, form } from './page.js'

const UNSENT = 'Not sent: the server can’t be reached. Your text is kept.'

/** What failed on its way: sent again unchanged, it keeps its key, for the server may have taken it. */
let failed

/** What came back and begins the field, and why it did. */
let returned = { text: '', why: '' }

const freshKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(15))))

const joined = (...texts) => texts.filter((text) => text !== '').join('\n')

// Setting a text moves the caret, and ends what an input method is composing: only where it changes anything.
const setText = (text) => {
  if (field().value !== text) field().value = text
}

const say = (sentence) => {
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
  const again = document.createElement('button')
  again.type = 'submit'
  again.className = 'quiet'
  again.textContent = 'Try again'
  refusal.append(' ', again)
}

const giveBack = (text, why) => {
  const now = field().value
  const before = now.startsWith(returned.text) ? returned.text : ''
  returned = { text: joined(before, text), why }
  setText(joined(returned.text, now.slice(before.length).replace(/^\n/, '')))
  say(why)
}

form.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  const body = ctx.request.body
  const text = body.get('text')
  if (failed?.text === text) body.set('key', failed.key)
  failed = undefined
  returned = { text: '', why: '' }
  ctx.sent = { text, key: body.get('key') }
  setText('')
  form.elements.namedItem('key').value = freshKey()
  field().focus()
})

form.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail
  if (!ctx.sent) return
  ctx.typedSince = field().value
  if (ctx.text.includes('name="key"')) return
  // No composer, but a proxy's page, or a sentence of the server: neither may take the composer's place.
  event.preventDefault()
  failed = ctx.sent
  const plain = ctx.response.headers.get('Content-Type')?.startsWith('text/plain')
  giveBack(ctx.sent.text, plain ? ctx.text : UNSENT)
})

form.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  if (!ctx.sent) return
  setText(ctx.typedSince)
  if (ctx.response.status >= 400) {
    giveBack(ctx.sent.text, document.getElementById('refusal')?.textContent ?? UNSENT)
  } else if (returned.text !== '' && ctx.typedSince.startsWith(returned.text)) say(returned.why)
})

form.addEventListener('htmx:error', ({ detail: { ctx } }) => {
  if (!ctx?.sent) return
  failed = ctx.sent
  giveBack(ctx.sent.text, UNSENT)
})

form.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  // Where a finger types, Enter breaks the line and the button sends.
  if (matchMedia('(pointer: coarse)').matches) return
  event.preventDefault()
  if (field().value.trim() !== '') form.requestSubmit()
})
