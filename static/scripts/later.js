// The second script: what a first visit can do without, brought by fetch-later.js when it is first needed. It shares
// nothing with the first one, and is given what it works with.

export { askAbout } from './later/ask.js'
export { listIgnored } from './later/ignored.js'
export { tellLeft } from './later/left.js'
export { share } from './later/share.js'
