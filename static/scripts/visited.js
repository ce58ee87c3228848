// The rooms that this browser visited, kept in it alone.

const NAME = 'visited'
const MAX = 12

const read = () => {
  try {
    const rooms = JSON.parse(localStorage.getItem(NAME) ?? '[]')
    return Array.isArray(rooms) ? rooms.filter((room) => typeof room === 'string').slice(0, MAX) : []
  } catch {
    return []
  }
}

const write = (rooms) => {
  try {
    localStorage.setItem(NAME, JSON.stringify(rooms.slice(0, MAX)))
  } catch {
    // A browser that lets nothing be stored remembers no room.
  }
}

const section = document.getElementById('visited')
if (document.getElementById('log')) {
  const room = decodeURIComponent(location.pathname.slice('/r/'.length))
  write([room, ...read().filter((other) => other !== room)])
} else if (section) {
  const list = section.querySelector('ul')
  const show = () => {
    const rooms = read()
    section.hidden = rooms.length === 0
    list.replaceChildren(
      ...rooms.map((room) => {
        const item = document.createElement('li')
        const link = document.createElement('a')
        const name = document.createElement('bdi')
        link.href = `/r/${encodeURIComponent(room)}`
        name.textContent = room
        link.append(name)
        item.append(link)
        return item
      }),
    )
  }
  section.querySelector('button').addEventListener('click', () => {
    write([])
    show()
    document.getElementById('room').focus()
  })
  show()
}
