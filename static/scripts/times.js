// Times come in UTC, the same for everybody; here they become the reader's own.

const short = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })

const localise = (message) => {
  const time = message.querySelector?.('time:not([title])')
  if (!time) return
  const at = new Date(time.dateTime)
  time.title = long.format(at)
  time.textContent = short.format(at)
}

const log = document.getElementById('log')
if (log) {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(localise)
  }).observe(log, { childList: true })
}
