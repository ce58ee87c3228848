// The composer empties at once and can be typed in while a post is under way. Whatever becomes of the post, no text is
// lost: a refused one comes back, and what was typed since stays.

const form = document.getElementById('composer')
const textField = () => form.elements.namedItem('text')
const keyField = () => form.elements.namedItem('key')

/** What failed on its way: sent again unchanged, it keeps its key, for the server may have taken it. */
let failed

const freshKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(15)), (byte) => byte.toString(36).padStart(2, '0')).join(
    '',
  )

const joined = (...texts) => texts.filter((text) => text !== '').join('\n')

const setText = (text) => {
  textField().value = text
}

const say = (sentence) => {
  let refusal = document.getElementById('refusal')
  if (!refusal) {
    refusal = document.createElement('p')
    refusal.id = 'refusal'
    refusal.className = 'refusal'
    refusal.setAttribute('role', 'alert')
    textField().before(refusal)
  }
  refusal.textContent = sentence
}

if (form) {
  form.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    const body = ctx.request.body
    const text = body.get('text')
    if (failed?.text === text) body.set('key', failed.key)
    failed = undefined
    ctx.sent = { text, key: body.get('key') }
    setText('')
    keyField().value = freshKey()
  })

  form.addEventListener('htmx:before:swap', ({ detail: { ctx } }) => {
    if (!ctx.sent) return
    ctx.typedSince = textField().value
  })

  form.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    if (!ctx.sent) return
    if (!textField()) location.reload()
    const refused = ctx.response.status >= 400
    setText(joined(refused ? ctx.sent.text : '', ctx.typedSince))
  })

  form.addEventListener('htmx:error', ({ detail: { ctx } }) => {
    if (!ctx?.sent) return
    failed = ctx.sent
    setText(joined(ctx.sent.text, textField().value))
    say('Not sent: the server can’t be reached. Your text is kept; send it again.')
  })

  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    // Where a finger types, Enter breaks the line and the button sends.
    if (matchMedia('(pointer: coarse)').matches) return
    event.preventDefault()
    form.requestSubmit()
  })

  textField().focus()
}
