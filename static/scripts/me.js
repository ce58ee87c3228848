// Shows what this browser stores for Snug, which the server never sees, and clears it when Snug is to forget the
// browser.

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' })
for (const time of document.querySelectorAll('time'))
  time.textContent = format.format(new Date(time.dateTime))

const read = (storage, key) => {
  try {
    const value = JSON.parse(storage.getItem(key))
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

// A browser that blocks storage throws.
const entries = (area) => {
  try {
    const storage = window[area]
    return Object.keys(storage).map((key) => ({ storage, key }))
  } catch {
    return []
  }
}

const roomOf = (key) => {
  const path = key.slice(key.indexOf(':') + 1)
  try {
    return decodeURIComponent(path.replace(/^\/(?:r|embed)\/|:named$/g, ''))
  } catch {
    return path
  }
}

const roomLink = (room) => {
  const link = document.createElement('a')
  link.href = `/r/${encodeURIComponent(room)}`
  link.append(isolated(room))
  return link
}

const isolated = (text) => {
  const element = document.createElement('bdi')
  element.textContent = text
  return element
}

const commaSeparated = (parts) => parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]))

const storedRows = () => {
  const rows = new Map([
    ['Rooms you visited', []],
    ['People you ignore', []],
    ['Rooms you muted', []],
    ['Unsent text in this tab', []],
    ['Rooms in other pages', []],
    ['Other', []],
  ])
  const add = (row, ...parts) => rows.get(row).push(...parts)
  for (const { storage, key } of [...entries('localStorage'), ...entries('sessionStorage')]) {
    const [kind] = key.split(':')
    if (key === 'visited')
      add('Rooms you visited', ...read(storage, key).map((room) => roomLink(String(room))))
    else if (kind === 'ignored')
      add(
        'People you ignore',
        ...read(storage, key)
          .filter(Array.isArray)
          .map(([, name]) => isolated(`${name} (${roomOf(key)})`)),
      )
    else if (kind === 'muted') add('Rooms you muted', roomLink(roomOf(key)))
    else if (kind === 'draft') add('Unsent text in this tab', roomLink(roomOf(key)))
    else if (kind === 'ticket') add('Rooms in other pages', roomLink(roomOf(key)))
    else add('Other', isolated(key))
  }
  return [...rows].filter(([, parts]) => parts.length > 0)
}

const show = () => {
  const rows = storedRows()
  const list = document.createElement(rows.length > 0 ? 'dl' : 'p')
  if (rows.length === 0) list.textContent = 'Nothing.'
  for (const [row, parts] of rows) {
    const term = document.createElement('dt')
    const details = document.createElement('dd')
    term.textContent = row
    details.append(...commaSeparated(parts))
    list.append(term, details)
  }
  document.getElementById('browser-storage').replaceChildren(list)
}

show()
// A page from the back/forward cache may be out of date.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload()
})

document.getElementById('forget')?.addEventListener('submit', () => {
  for (const { storage, key } of [...entries('localStorage'), ...entries('sessionStorage')])
    storage.removeItem(key)
})
