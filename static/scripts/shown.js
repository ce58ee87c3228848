// Whether somebody may be looking: a page can be hidden behind others, and a frame be scrolled out of view in one that is
// shown.

let inView = true

export const isShown = () => !document.hidden && inView

const listeners = []

/** Calls `listener` whenever that may have changed. */
export const onShown = (listener) => {
  listeners.push(listener)
}

const tell = () => {
  for (const listener of listeners) listener()
}

document.addEventListener('visibilitychange', tell)
// A page of its own is always in view of itself.
if (parent !== window) {
  new IntersectionObserver((entries) => {
    const { isIntersecting } = entries.at(-1)
    if (inView === isIntersecting) return
    inView = isIntersecting
    tell()
  }).observe(document.documentElement)
}
