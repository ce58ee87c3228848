// Puts marks before the page's title: it is all that a hidden tab shows.

const title = document.title
const marks = { paused: '', unread: '' }

/** Sets one of the marks; '' removes it. */
export const setTitleMark = (kind, text) => {
  marks[kind] = text
  document.title = Object.values(marks).join('') + title
}
