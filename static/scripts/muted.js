/** Whether the reader muted this room, in this browser. */
export const isMuted = () => {
  try {
    return localStorage.getItem(`muted:${location.pathname}`) !== null
  } catch {
    return false
  }
}
