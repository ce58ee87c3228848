// Whom this reader ignores in this room: kept in this browser, and listed below the log, each with a way back.

import { button } from './button.js'

const MAX = 100

const list = document.createElement('p')
list.className = 'ignored hint'

/** Names by tag. */
let ignored = new Map()

const read = (name) => {
  try {
    ignored = new Map(JSON.parse(localStorage.getItem(name)))
  } catch {
    // What a browser can't store is kept for as long as this page lives.
  }
}

const change = (name, hide, edit) => {
  // Another tab may have changed it too.
  read(name)
  edit()
  try {
    localStorage.setItem(name, JSON.stringify([...ignored].slice(-MAX)))
  } catch {
    // As above.
  }
  hide(ignored.keys())
  show(name, hide)
}

const show = (name, hide) => {
  const showAgain = (tag) => change(name, hide, () => ignored.delete(tag))
  list.hidden = ignored.size === 0
  list.replaceChildren(
    'Ignored here: ',
    ...[...ignored].map(([tag, who]) => button(`show ${who} again`, () => showAgain(tag))),
  )
  if (!list.isConnected) document.querySelector('.log-area').after(list)
}

/**
 * @param name where they are kept in the browser
 * @param hide hides exactly the messages of the given tags
 */
export const listIgnored = (name, hide) => {
  read(name)
  show(name, hide)
}

export const ignore = (name, hide, tag, who) => change(name, hide, () => ignored.set(tag, who))
