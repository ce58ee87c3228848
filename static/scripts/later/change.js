// Changes and deletes messages of kept rooms. What becomes of it comes by the stream, as to everybody.

import { roomUrl } from '../ticket.js'
import { button } from './button.js'

const UNSENT = 'Not saved: the server can’t be reached.'

const address = (message) => roomUrl(`messages/${message.id.slice(1)}`)

const request = async (message, method, body) => {
  const headers = { Accept: 'application/json', 'Content-Type': 'application/json' }
  try {
    const response = await fetch(address(message), { method, headers, body })
    const said = response.status === 204 ? {} : await response.json()
    return response.ok ? said : { refusal: said.error.message }
  } catch {
    return { refusal: UNSENT }
  }
}

/** The sentence that says why not, if so. */
export const deleteMessage = async (message) => (await request(message, 'DELETE')).refusal

const tell = (form, sentence) => {
  const refusal = form.querySelector('.refusal')
  refusal.hidden = false
  refusal.textContent = sentence
}

const end = (form) => {
  form.closest('.message')?.classList.remove('changing')
  form.remove()
  document.getElementById('text')?.focus()
}

const makeForm = (message) => {
  const form = document.createElement('form')
  const text = document.createElement('textarea')
  const refusal = document.createElement('p')
  const save = button('Save')
  form.className = 'change'
  text.ariaLabel = 'Change this message'
  text.dir = 'auto'
  refusal.className = 'refusal'
  refusal.role = 'alert'
  refusal.hidden = true
  save.type = 'submit'
  save.className = ''
  form.append(
    refusal,
    text,
    save,
    button('Cancel', () => end(form)),
  )
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const { refusal: why } = await request(message, 'PATCH', JSON.stringify({ text: text.value }))
    if (why) tell(form, why)
    else end(form)
  })
  form.addEventListener('keydown', (event) => {
    event.stopPropagation()
    if (event.key === 'Escape') end(form)
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    if (event.target !== text || matchMedia('(pointer: coarse)').matches) return
    event.preventDefault()
    form.requestSubmit()
  })
  return form
}

/** Lets the reader write it anew, in its place. */
export const change = async (message) => {
  document.querySelector('form.change')?.querySelector('[type=button]').click()
  const form = makeForm(message)
  const { text, refusal } = await request(message, 'GET')
  const field = form.querySelector('textarea')
  message.classList.add('changing')
  message.append(form)
  if (refusal) tell(form, refusal)
  else field.value = text
  field.focus()
}
