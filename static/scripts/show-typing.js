// Shows which others are typing, until they stop or their message arrives.

import { isIgnored } from './ignore.js'
import { isolateName } from './isolate-name.js'
import { onMessage } from './message-observer.js'
import { log } from './room-elements.js'

const SHOW_MS = 5000

const indicator = document.getElementById('typing')

/** Name and timeout by tag. */
const writers = new Map()

const show = () => {
  const names = [...writers.values()].map(({ name }) => isolateName(name))
  const subject =
    names.length > 2 ? 'Several people are' : `${names.join(' and ')} ${names[1] ? 'are' : 'is'}`
  indicator.textContent = names.length > 0 ? `${subject} typing…` : ''
}

const forget = (tag) => {
  clearTimeout(writers.get(tag)?.timer)
  if (writers.delete(tag)) show()
}

log.addEventListener('typing', ({ detail }) => {
  const { name, tag } = JSON.parse(detail.data)
  if (tag === log.dataset.ownTag || isIgnored(tag)) return
  clearTimeout(writers.get(tag)?.timer)
  writers.set(tag, { name, timer: setTimeout(forget, SHOW_MS, tag) })
  show()
})
onMessage(({ dataset }) => forget(dataset.by))
