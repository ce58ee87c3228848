// The second script: what a first visit can do without, brought by fetch-later.js when it is first needed. It shares
// nothing with the first one, and is given what it works with.

export { askAbout } from './later/ask.js'
export { completeNames } from './later/complete-names.js'
export { listIgnored } from './later/ignored.js'
export { keep } from './later/kept.js'
export { tellLeft } from './later/left.js'
export { mute } from './later/mute.js'
export { notify, offerNotifications } from './later/notify.js'
export { showPending } from './later/pending.js'
export { share } from './later/share.js'
export { tellTyping } from './later/typing.js'
export { walk } from './later/walk.js'
