// Marks the messages that mention the reader, and loads the completion of names when the first @ is typed.

import { withLazy } from './load-lazy.js'
import { onMessage } from './message-observer.js'
import { isMuted } from './muted.js'
import { form, log } from './room-elements.js'
import { isTagOf } from './tags.js'

const ownName = document.querySelector('.own-name')

const foldText = (text) => text.normalize('NFKC').toLowerCase()

const mentionsMe = (message) => {
  if (isTagOf(log.dataset.ownTag, message.dataset.by)) return false
  const [, ...afterMentions] = foldText(message.querySelector('div').textContent).split(
    `@${foldText(ownName.textContent)}`,
  )
  // A longer name that begins like this one is not a mention.
  return afterMentions.some((rest) => !/^[\p{L}\p{M}\p{N}]/u.test(rest))
}

onMessage((message, isHistory) => {
  if (!mentionsMe(message)) return
  message.classList.add('mentions-me')
  if (!isHistory && (document.hidden || !document.hasFocus()) && !isMuted())
    withLazy(({ notify }) => notify(message))
})
form.addEventListener('input', ({ data }) => {
  if (data?.includes('@')) withLazy(({ completeNames }) => completeNames(form))
})
