// Changes and deletes messages of kept rooms. The result arrives by the stream, as for every reader.

import { roomUrl } from '../room-url.js'
import { isSendingKey } from '../sending-key.js'
import { makeButton } from './button.js'

const UNSENT = 'Not saved: the server can’t be reached.'

const messageUrl = (message) => roomUrl(`messages/${message.id.slice(1)}`)

const request = async (message, method, body) => {
  const headers = { Accept: 'application/json', 'Content-Type': 'application/json' }
  try {
    const response = await fetch(messageUrl(message), { method, headers, body })
    const reply = response.status === 204 ? {} : await response.json()
    return response.ok ? reply : { refusal: reply.error.message }
  } catch {
    return { refusal: UNSENT }
  }
}

/** @returns the sentence of a refusal; undefined after success */
export const deleteMessage = async (message) => (await request(message, 'DELETE')).refusal

const showRefusal = (form, sentence) => {
  const refusal = form.querySelector('.refusal')
  refusal.hidden = false
  refusal.textContent = sentence
}

const closeForm = (form) => {
  form.closest('.message')?.classList.remove('editing')
  form.remove()
  document.getElementById('text')?.focus()
}

const makeForm = (message) => {
  const form = document.createElement('form')
  const text = document.createElement('textarea')
  const refusal = document.createElement('p')
  const save = makeButton('Save')
  form.className = 'edit-form'
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
    makeButton('Cancel', () => closeForm(form)),
  )
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const { refusal: reason } = await request(message, 'PATCH', JSON.stringify({ text: text.value }))
    if (reason) showRefusal(form, reason)
    else closeForm(form)
  })
  form.addEventListener('keydown', (event) => {
    event.stopPropagation()
    if (event.key === 'Escape') closeForm(form)
    if (event.target !== text || !isSendingKey(event)) return
    event.preventDefault()
    // Not requestSubmit(): a sandbox may forbid it.
    save.click()
  })
  return form
}

/** Opens a form in the message, where the reader changes its text. */
export const editMessage = async (message) => {
  document.querySelector('form.edit-form')?.querySelector('[type=button]').click()
  const form = makeForm(message)
  const { text, refusal } = await request(message, 'GET')
  const field = form.querySelector('textarea')
  message.classList.add('editing')
  message.append(form)
  if (refusal) showRefusal(form, refusal)
  else field.value = text
  field.focus()
}
