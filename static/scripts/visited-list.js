// Lists the visited rooms on the home page, with a button that forgets them.

import { readVisited, writeVisited } from './visited-rooms.js'

const section = document.getElementById('visited')

const item = (room) => {
  const entry = document.createElement('li')
  const link = document.createElement('a')
  const name = document.createElement('bdi')
  link.href = `/r/${encodeURIComponent(room)}`
  name.textContent = room
  link.append(name)
  entry.append(link)
  return entry
}

const show = () => {
  const rooms = readVisited()
  section.hidden = rooms.length === 0
  section.querySelector('ul').replaceChildren(...rooms.map(item))
}

section.querySelector('button').addEventListener('click', () => {
  writeVisited([])
  show()
  document.getElementById('room').focus()
})
show()
