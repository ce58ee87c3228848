// The rooms that this browser visited, newest first, kept in it alone.

const NAME = 'visited'
const MAX = 12

export const readVisited = () => {
  try {
    const rooms = JSON.parse(localStorage.getItem(NAME) ?? '[]')
    return Array.isArray(rooms) ? rooms.filter((room) => typeof room === 'string').slice(0, MAX) : []
  } catch {
    return []
  }
}

export const writeVisited = (rooms) => {
  try {
    localStorage.setItem(NAME, JSON.stringify(rooms.slice(0, MAX)))
  } catch {
    // A browser that lets nothing be stored remembers no room.
  }
}
