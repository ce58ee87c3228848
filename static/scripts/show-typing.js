// Shows who of the others is writing, until they stop or have written.

import { onMessage } from './message-observer.js'
import { log } from './room-elements.js'

const SHOW_MS = 5000

const indicator = document.getElementById('typing')

/** Names by tag, and when each is forgotten. */
const writers = new Map()

const show = () => {
  const names = [...writers.values()].map(({ name }) => name)
  const who = names.length > 2 ? 'Several people are' : `${names.join(' and ')} ${names[1] ? 'are' : 'is'}`
  indicator.textContent = names.length > 0 ? `${who} typing…` : ''
}

const forget = (tag) => {
  clearTimeout(writers.get(tag)?.timer)
  if (writers.delete(tag)) show()
}

log.addEventListener('typing', ({ detail }) => {
  const { name, tag } = JSON.parse(detail.data)
  if (tag === log.dataset.ownTag) return
  clearTimeout(writers.get(tag)?.timer)
  writers.set(tag, { name, timer: setTimeout(forget, SHOW_MS, tag) })
  show()
})
onMessage(({ dataset }) => forget(dataset.by))
