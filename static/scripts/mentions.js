// Marks the messages that mention the reader, and loads the completion of names when the first @ is typed.

import { beginningOfMention, findMentions, NO_TEXT } from '../../src/chat/mentions/find-mentions.ts'
import { withLazy } from './load-lazy.js'
import { onMessage } from './message-observer.js'
import { isMuted } from './muted.js'
import { form, log } from './room-elements.js'
import { isTagOf } from './tags.js'

const ownName = document.querySelector('.own-name')

/** The names of those who are here, by tag. In a crowd the page knows only the first hundred, and who came later. */
const names = new Map()

for (const { dataset, firstElementChild } of document.querySelectorAll('#people [data-by]'))
  names.set(dataset.by, firstElementChild.textContent)

log.addEventListener('here', ({ detail }) => {
  const { joined, left, renamed } = JSON.parse(detail.data)
  for (const { tag } of left) names.delete(tag)
  for (const { tag, name } of [...joined, ...renamed]) names.set(tag, name)
})

/** The text of a message without its code and links. */
const mentioningText = (message) => {
  const body = message.querySelector('div').cloneNode(true)
  for (const other of body.querySelectorAll('a, code')) other.replaceWith(NO_TEXT)
  for (const lineBreak of body.querySelectorAll('br')) lineBreak.replaceWith('\n')
  return body.textContent
}

const mentionsMe = (message) => {
  if (isTagOf(log.dataset.ownTag, message.dataset.by)) return false
  const own = ownName.textContent
  return findMentions(mentioningText(message), new Set([own, ...names.values()])).has(own)
}

onMessage((message, isHistory) => {
  if (!mentionsMe(message)) return
  message.classList.add('mentions-me')
  if (!isHistory && (document.hidden || !document.hasFocus()) && !isMuted())
    withLazy(({ notify }) => notify(message))
})
form.addEventListener('input', ({ target }) => {
  if (beginningOfMention(target.value?.slice(0, target.selectionStart) ?? '') !== undefined)
    withLazy(({ completeNames }) => completeNames(form))
})
