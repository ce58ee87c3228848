// Whether the reader can see the page: a page can be in a hidden tab, and a frame can be scrolled out of view.

let inView = true

export const isVisible = () => !document.hidden && inView

const listeners = []

/** Calls `listener` whenever the visibility may have changed. */
export const onVisibilityChange = (listener) => {
  listeners.push(listener)
}

const notify = () => {
  for (const listener of listeners) listener()
}

document.addEventListener('visibilitychange', notify)
// Only a frame can be out of view.
if (parent !== window) {
  new IntersectionObserver((entries) => {
    const { isIntersecting } = entries.at(-1)
    if (inView === isIntersecting) return
    inView = isIntersecting
    notify()
  }).observe(document.documentElement)
}
