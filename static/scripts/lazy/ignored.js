// The people that the reader ignores in this room. They are stored in this browser and listed below the log, each with
// a button that shows their messages again.

import { isolateName } from '../isolate-name.js'
import { makeButton } from './button.js'

const MAX = 100

const list = document.createElement('p')
list.className = 'ignored hint'

/** Names by tag */
let ignored = new Map()

const load = (storageKey) => {
  try {
    ignored = new Map(JSON.parse(localStorage.getItem(storageKey)))
  } catch {
    // In a browser that blocks storage the list lasts as long as this page.
  }
}

const update = (storageKey, hide, edit) => {
  // Another tab may have changed the list too.
  load(storageKey)
  edit()
  try {
    localStorage.setItem(storageKey, JSON.stringify([...ignored].slice(-MAX)))
  } catch {
    // As above
  }
  hide(ignored.keys())
  render(storageKey, hide)
}

const render = (storageKey, hide) => {
  const unignore = (tag) => update(storageKey, hide, () => ignored.delete(tag))
  list.hidden = ignored.size === 0
  list.replaceChildren(
    'Ignored here: ',
    ...[...ignored].map(([tag, name]) => makeButton(`show ${isolateName(name)} again`, () => unignore(tag))),
  )
  if (!list.isConnected) document.querySelector('.log-area').after(list)
}

/**
 * @param storageKey the key in the browser's storage
 * @param hide hides exactly the messages of the given tags
 */
export const listIgnored = (storageKey, hide) => {
  load(storageKey)
  render(storageKey, hide)
}

export const ignore = (storageKey, hide, tag, name) => update(storageKey, hide, () => ignored.set(tag, name))
