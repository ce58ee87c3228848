// The log by keyboard: arrows move from message to message, Home and End to the first and the last, Tab from a message
// to its actions, Escape back to the field.

const enabled = new WeakSet()

const isVisible = (message) => message.checkVisibility()

/** The first stop of a reader who enters the log: the lowest message whose top is in view. */
const lowestInView = (scroller, messages) => {
  const { bottom } = scroller.getBoundingClientRect()
  return messages.findLast((message) => message.getBoundingClientRect().top < bottom)
}

const STEPS = {
  ArrowUp: (messages, at) => messages[at - 1],
  ArrowDown: (messages, at) => messages[at + 1],
  Home: (messages) => messages[0],
  End: (messages) => messages.at(-1),
}

/** Gives a message its label for screen readers. Its text is only described: it was announced when it arrived. */
const describeMessage = (message) => {
  const [author, time, text] = message.children
  text.id = `${message.id}t`
  message.ariaLive = 'off'
  message.ariaLabel = `${author.textContent}, ${time.textContent}`
  message.setAttribute('aria-describedby', text.id)
}

/** Sets whether Tab stops at a message and its name: only one message at a time is a stop. */
const setTabStop = (message, tabIndex) => {
  message.tabIndex = tabIndex
  const name = message.querySelector('[role=button]')
  if (name) name.tabIndex = tabIndex
}

/** Enables the keys in this scroller. A second call does nothing. */
export const enableKeyboardNavigation = (scroller) => {
  if (enabled.has(scroller)) return
  enabled.add(scroller)
  let tabStop

  const focusMessage = (message) => {
    if (tabStop) setTabStop(tabStop, -1)
    tabStop = message
    describeMessage(message)
    setTabStop(message, 0)
    message.focus()
  }

  scroller.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    if (event.key === 'Escape') document.getElementById('text')?.focus()
    const step = STEPS[event.key]
    if (!step) return
    const messages = [...scroller.querySelectorAll('.message[id]')].filter(isVisible)
    if (messages.length === 0) return
    event.preventDefault()
    const from = document.activeElement.closest('.message')
    const entersLog = !from && event.key.startsWith('Arrow')
    const to = entersLog ? lowestInView(scroller, messages) : step(messages, messages.indexOf(from))
    if (to) focusMessage(to)
  })
}
