// Hides what ignored people say and do, in this browser. A click on a name opens the actions.

import { withLazy } from './load-lazy.js'
import { onMessage } from './message-observer.js'
import { log } from './room-elements.js'
import { isTagOf, selectByTag } from './tags.js'

const storageKey = `ignored:${location.pathname}`
const sheet = new CSSStyleSheet()

let ignoredTags = []

export const isIgnored = (tag) =>
  ignoredTags.some((ignored) => isTagOf(ignored, tag) || isTagOf(tag, ignored))

/**
 * Hides exactly the messages of these tags, and that they came, went or took another name. A tag is letters and digits;
 * the stored value may be anything.
 */
const hide = (tags) => {
  ignoredTags = [...tags].filter((tag) => /^[a-z0-9]{6,12}$/.test(tag))
  const selectors = ignoredTags.map(selectByTag).join()
  sheet.replaceSync(
    selectors &&
      `:is(.message, .presence-line > span):is(${selectors}), .presence-line:not(:has(> :not(${selectors}))){display:none}`,
  )
}

const applyStored = () => {
  try {
    // Names by tag
    const ignored = new Map(JSON.parse(localStorage.getItem(storageKey)))
    hide(ignored.keys())
    if (ignored.size > 0 || document.querySelector('.ignored'))
      withLazy(({ listIgnored }) => listIgnored(storageKey, hide))
  } catch {
    // A browser that blocks storage ignores nobody.
  }
}

const openActions = (author) => {
  if (author.role === 'button')
    withLazy(({ showMessageActions }) => showMessageActions(author, storageKey, hide))
}

const makeClickable = (message) => {
  const author = message.querySelector('b > bdi')
  if (isTagOf(log.dataset.ownTag, message.dataset.by)) return
  // The keyboard reaches the name through the message: see lazy/keyboard-navigation.js.
  author.tabIndex = -1
  author.role = 'button'
  author.ariaLabel = `${author.textContent}: ignore?`
}

document.adoptedStyleSheets.push(sheet)
applyStored()
onMessage(makeClickable)
// Another tab of this room has changed the list, or the storage was cleared.
addEventListener('storage', ({ key }) => {
  if (key === storageKey || key === null) applyStored()
})
log.addEventListener('click', ({ target }) => openActions(target))
log.addEventListener('keydown', (event) => {
  if ((event.key !== 'Enter' && event.key !== ' ') || event.target.role !== 'button') return
  event.preventDefault()
  openActions(event.target)
})
