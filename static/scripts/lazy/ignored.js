// Whom this reader ignores in this room: kept in this browser, and listed below the log, each with a way back.

import { makeButton } from './button.js'

const MAX = 100

const list = document.createElement('p')
list.className = 'ignored hint'

/** Names by tag. */
let ignored = new Map()

const load = (storageKey) => {
  try {
    ignored = new Map(JSON.parse(localStorage.getItem(storageKey)))
  } catch {
    // What a browser can't store is kept for as long as this page lives.
  }
}

const update = (storageKey, hide, edit) => {
  // Another tab may have changed it too.
  load(storageKey)
  edit()
  try {
    localStorage.setItem(storageKey, JSON.stringify([...ignored].slice(-MAX)))
  } catch {
    // As above.
  }
  hide(ignored.keys())
  render(storageKey, hide)
}

const render = (storageKey, hide) => {
  const unignore = (tag) => update(storageKey, hide, () => ignored.delete(tag))
  list.hidden = ignored.size === 0
  list.replaceChildren(
    'Ignored here: ',
    ...[...ignored].map(([tag, who]) => makeButton(`show ${who} again`, () => unignore(tag))),
  )
  if (!list.isConnected) document.querySelector('.log-area').after(list)
}

/**
 * @param storageKey where they are kept in the browser
 * @param hide hides exactly the messages of the given tags
 */
export const listIgnored = (storageKey, hide) => {
  load(storageKey)
  render(storageKey, hide)
}

export const ignore = (storageKey, hide, tag, who) => update(storageKey, hide, () => ignored.set(tag, who))
