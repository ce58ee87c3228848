// Whether somebody may be looking: a page can be hidden behind others, and a frame be scrolled out of view in one that is
// shown.

let inView = true

export const isVisible = () => !document.hidden && inView

const listeners = []

/** Calls `listener` whenever that may have changed. */
export const onVisibilityChange = (listener) => {
  listeners.push(listener)
}

const notify = () => {
  for (const listener of listeners) listener()
}

document.addEventListener('visibilitychange', notify)
// A page of its own is always in view of itself.
if (parent !== window) {
  new IntersectionObserver((entries) => {
    const { isIntersecting } = entries.at(-1)
    if (inView === isIntersecting) return
    inView = isIntersecting
    notify()
  }).observe(document.documentElement)
}
