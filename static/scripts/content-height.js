import { form, scroller } from './room-elements.js'

const content = scroller.firstElementChild

/** Calls `report` with the height at which the log would not scroll, in pixels, now and whenever it changes. */
export const onSizeChange = (report) => {
  let reported = 0
  const observer = new ResizeObserver(() => {
    const height = innerHeight - scroller.clientHeight + content.offsetHeight
    if (height === reported) return
    reported = height
    report(height)
  })
  for (const element of [content, form]) if (element) observer.observe(element)
}
