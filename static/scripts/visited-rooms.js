// The rooms that this browser visited, newest first. They are stored only in the browser.

const STORAGE_KEY = 'visited'
const MAX = 12

export const readVisited = () => {
  try {
    const rooms = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]')
    return Array.isArray(rooms) ? rooms.filter((room) => typeof room === 'string').slice(0, MAX) : []
  } catch {
    return []
  }
}

export const writeVisited = (rooms) => {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(rooms.slice(0, MAX)))
  } catch {
    // A browser that blocks storage remembers no rooms.
  }
}
