// The page's title, with marks before it: hidden tabs show nothing else.

const title = document.title
const marks = { paused: '', unread: '' }

/** Sets one of the marks; '' takes it away. */
export const setTitleMark = (kind, text) => {
  marks[kind] = text
  document.title = Object.values(marks).join('') + title
}
