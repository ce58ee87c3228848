// Marks the messages that call the reader by name, and helps to call others: what completes a name comes when the first
// @ is typed.

import { onMessage } from './arrivals.js'
import { withLater } from './fetch-later.js'
import { isMuted } from './muted.js'
import { form, log } from './page.js'

const me = document.querySelector('.me')

const plain = (text) => text.normalize('NFKC').toLowerCase()

const isForMe = (message) => {
  if (message.dataset.by === log.dataset.me) return false
  const [, ...calls] = plain(message.querySelector('div').textContent).split(`@${plain(me.textContent)}`)
  // Not where a longer name goes on.
  return calls.some((rest) => !/^[\p{L}\p{M}\p{N}]/u.test(rest))
}

onMessage((message, past) => {
  if (!isForMe(message)) return
  message.classList.add('for-me')
  if (!past && (document.hidden || !document.hasFocus()) && !isMuted())
    withLater(({ notify }) => notify(message))
})
form.addEventListener('input', ({ data }) => {
  if (data?.includes('@')) withLater(({ completeNames }) => completeNames(form))
})
